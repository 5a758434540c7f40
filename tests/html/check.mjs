// node check.mjs [--screenshots DIR] FILE.html…
// html-validate on each file; then in headless Chromium, at three widths, one of them dark too, and as printed on A4:
// axe-core, nothing wider than the screen or the sheet, no text of a figure cut or over another, nothing refused by the
// page's own policy. Exit 0: clean, 1: findings, 77: no Chromium, skipped in part.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileSystemConfigLoader, HtmlValidate, esmResolver } from 'html-validate';
import { Browser, findChromium } from './chromium.mjs';

const WIDTHS = [360, 900, 1600];
const DARK_WIDTH = 900; // dark differs in its colours alone: one width shows them
const SHEET = 688; // px: A4 without the margins of the print style
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

function readArguments(words) {
  const files = [...words];
  const at = files.indexOf('--screenshots');
  const screenshots = at < 0 ? null : files.splice(at, 2)[1];
  return { files, screenshots };
}

async function validate(files) {
  const config = JSON.parse(readFileSync(new URL('.htmlvalidate.json', import.meta.url), 'utf8'));
  const validator = new HtmlValidate(new FileSystemConfigLoader([esmResolver()], config));
  const findings = [];
  for (const file of files) {
    const report = await validator.validateString(readFileSync(file, 'utf8'), file, config);
    for (const result of report.results)
      for (const message of result.messages)
        findings.push(`${file}:${message.line}:${message.column}: ${message.message} [${message.ruleId}]`);
  }
  return findings;
}

const MEASURE = `(() => {
  const texts = [...document.querySelectorAll('svg text')].map((text) => ({ text, box: text.getBoundingClientRect() }));
  const meet = (a, b) => a.text.ownerSVGElement === b.text.ownerSVGElement &&
    Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 &&
    Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 4; // boxes are higher than letters
  return { wide: document.scrollingElement.scrollWidth - innerWidth,
    cut: texts.filter(({ box }) => box.left < -1 || box.right > innerWidth + 1).map(({ text }) => text.textContent),
    over: texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => meet(a, b))
      .map((b) => a.text.textContent + ' and ' + b.text.textContent)) };
})()`;

async function measure(page, where) {
  const { wide, cut, over } = await page.evaluate(MEASURE);
  return [
    ...(wide > 0 ? [`${where}: the page is ${wide} px too wide`] : []),
    ...cut.map((text) => `${where}: text of a figure is cut: ${text}`),
    ...over.map((texts) => `${where}: texts of a figure lie over one another: ${texts}`),
  ];
}

async function look(page, file, width, scheme) {
  const where = `${file} (${width} px, ${scheme})`;
  await page.show(width, scheme);
  const { violations } = JSON.parse(await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then((result) => JSON.stringify({ violations:
       result.violations.map(({ id, help, nodes }) => ({ id, help, n: nodes.length, html: nodes[0].html })) }))`));
  const findings = violations.map((v) => `${where}: ${v.help} [${v.id}], ${v.n} times, first: ${v.html.slice(0, 200)}`);
  return [...findings, ...(await measure(page, where))];
}

async function browse(command, files, screenshots) {
  const browser = new Browser(command);
  const findings = [];
  try {
    for (const file of files) {
      const page = await browser.open(pathToFileURL(resolve(file)).href);
      await page.evaluate(`${AXE}; true`);
      for (const width of WIDTHS)
        for (const scheme of ['light', 'dark']) {
          if (scheme === 'light' || width === DARK_WIDTH) findings.push(...(await look(page, file, width, scheme)));
          else if (screenshots) await page.show(width, scheme);
          if (screenshots)
            writeFileSync(join(screenshots, `${basename(file, '.html')}-${width}-${scheme}.png`), await page.screenshot());
        }
      await page.show(SHEET, 'light', 'print');
      findings.push(...(await measure(page, `${file} (printed)`)));
      if (screenshots) writeFileSync(join(screenshots, `${basename(file, '.html')}.pdf`), await page.pdf());
      findings.push(...page.complaints.map((text) => `${file}: ${text}`));
      await page.close();
    }
  } finally {
    await browser.close();
  }
  return findings;
}

const { files, screenshots } = readArguments(process.argv.slice(2));
if (files.length === 0) {
  console.error('usage: node check.mjs [--screenshots DIR] FILE.html…');
  process.exit(2);
}
if (screenshots) mkdirSync(screenshots, { recursive: true });
const findings = await validate(files);
const command = findChromium();
if (command) findings.push(...(await browse(command, files, screenshots)));
else console.error('SKIPPED: no Chromium, so axe-core did not run');
for (const finding of findings) console.log(finding);
console.log(`${files.length} files, ${findings.length} findings`);
process.exit(findings.length > 0 ? 1 : command ? 0 : 77);
