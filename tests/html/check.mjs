// node check.mjs [--screenshots DIR] FILE.html…
// html-validate on each file; then in headless Chromium, at three widths, light and dark: axe-core, nothing wider
// than the screen, nothing refused by the page's own policy. Exit 0: clean, 1: findings, 77: no Chromium, skipped in part.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileSystemConfigLoader, HtmlValidate, esmResolver } from 'html-validate';
import { Browser, findChromium } from './chromium.mjs';

const WIDTHS = [360, 900, 1600];
const SCHEMES = ['light', 'dark'];
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

const MEASURE = `({ wide: document.scrollingElement.scrollWidth - innerWidth,
  cut: [...document.querySelectorAll('svg text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.left < -1 || box.right > innerWidth + 1;
  }).map((text) => text.textContent) })`;

async function look(page, file, width, scheme) {
  const where = `${file} (${width} px, ${scheme})`;
  await page.show(width, scheme);
  const { violations } = JSON.parse(await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then((result) => JSON.stringify({ violations:
       result.violations.map(({ id, help, nodes }) => ({ id, help, n: nodes.length, html: nodes[0].html })) }))`));
  const measured = await page.evaluate(MEASURE);
  const findings = violations.map((v) => `${where}: ${v.help} [${v.id}], ${v.n} times, first: ${v.html.slice(0, 200)}`);
  if (measured.wide > 0) findings.push(`${where}: the page is ${measured.wide} px wider than the screen`);
  for (const text of measured.cut) findings.push(`${where}: text of a figure is cut: ${text}`);
  return findings;
}

async function browse(command, files, screenshots) {
  const browser = new Browser(command);
  const findings = [];
  try {
    for (const file of files) {
      const page = await browser.open(pathToFileURL(resolve(file)).href);
      await page.evaluate(`${AXE}; true`);
      for (const width of WIDTHS)
        for (const scheme of SCHEMES) {
          findings.push(...(await look(page, file, width, scheme)));
          if (screenshots)
            writeFileSync(join(screenshots, `${basename(file, '.html')}-${width}-${scheme}.png`), await page.screenshot());
        }
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
