-- The corpus: what is known of past incidents and what was learned from them.
--
-- Read the views at the end: tables may change between versions, views only gain columns.
--
-- Conventions
--   *_ns       nanoseconds since 1970-01-01T00:00:00Z, NULL: not known
--   *_digits   digits of a second that the source wrote (0 to 9), NULL with its *_ns;
--              in a column of several numbers 0
--   version    one content of an incident; its key is of this file and never shown
--   component  ordinal into component of the same version, NULL: none
--   ordinal    place in the record's list, from 0; the order of each list is in corpus/record/incident.h
--   item       version * 2^32 + ordinal: of lists that are long, so that a row goes to the end of its table
--   member     the file below the incident's directory (key of a name), NULL: not known
--   line       from 1; 0: the whole member
--   place      member * 2^32 + line, member 0: not known; of long lists, each column of which costs an ingest
--   NULL       of a text: absent; of a number: not known
--   rebuildable  can be made anew from the other tables
-- Foreign keys are declared for readers and for `check`; the program itself looks at a record before it writes, which
-- costs an ingest a tenth of what SQLite's own looking does.
-- Packed blobs are little-endian and begin with the version of their layout: docs/corpus.md.

PRAGMA application_id = 1212367938; -- "HCDB"
PRAGMA user_version = 11;

-- ---- what was offered -----------------------------------------------------------------------------------

CREATE TABLE source (           -- an archive, a bundle directory or a file
    sha256 BLOB NOT NULL PRIMARY KEY, -- of the archive's bytes; of a directory, over its files
    path TEXT NOT NULL,         -- as it was given first
    bytes INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status = 'accepted' OR status = 'partial' OR status = 'rejected'), -- IN would sort its list
    reason TEXT,                -- why not accepted
    ingested_at_ns INTEGER, ingested_at_digits INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE source_warning (   -- what was odd in a source and belongs to no incident; refusals too
    source BLOB NOT NULL REFERENCES source,
    ordinal INTEGER NOT NULL,
    member INTEGER REFERENCES name,
    line INTEGER NOT NULL,
    code TEXT NOT NULL,         -- docs/errors.md
    message TEXT,
    more INTEGER NOT NULL,      -- further ones of this code in this member, not kept
    PRIMARY KEY (source, ordinal)
) STRICT, WITHOUT ROWID;

-- ---- texts that recur --------------------------------------------------------------------------------------

CREATE TABLE name (             -- names of components, metrics, units, members, kinds
    key INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE template (         -- log templates of all incidents
    key INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,        -- first 8 bytes of SHA-256 of text, big-endian, as a signed number
    text TEXT NOT NULL          -- variable parts are <*>
) STRICT;
CREATE INDEX template_by_id ON template (id); -- two texts may share an id by ill will

-- ---- incidents ---------------------------------------------------------------------------------------------

CREATE TABLE incident (
    id TEXT NOT NULL PRIMARY KEY,
    -- rebuildable from version: of bundles the greatest updated_at is current, of equal ones the smallest content; where
    -- records of other tools say more of it, the version that is united from all (corpus/store/unite.c);
    -- conflict: several bundles' contents share the greatest
    current INTEGER NOT NULL REFERENCES version (key) DEFERRABLE INITIALLY DEFERRED,
    conflict INTEGER NOT NULL CHECK (conflict IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE version (          -- a content that came under an id
    key INTEGER PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incident (id) DEFERRABLE INITIALLY DEFERRED,
    content BLOB NOT NULL,      -- SHA-256 over its files, whatever packed them; of a united one over those of its parts
    origin TEXT,                -- NULL: a bundle; else whose record: tool:number; '': united of others, rebuildable
    title TEXT,
    service TEXT,
    severity TEXT,              -- as written; sev1 to sev5 are ordered
    window_member INTEGER REFERENCES name, window_line INTEGER NOT NULL, -- where the window is stated
    checksum INTEGER NOT NULL,  -- over the whole record as hc_store_incident_get gives it (corpus/store/digest.c)
    updated_at_ns INTEGER, updated_at_digits INTEGER,             -- incident/@updated; NULL: older than any
    started_at_ns INTEGER, started_at_digits INTEGER,
    detected_at_ns INTEGER, detected_at_digits INTEGER,
    mitigated_at_ns INTEGER, mitigated_at_digits INTEGER,
    ended_at_ns INTEGER, ended_at_digits INTEGER,               -- NULL: still open, or not known
    UNIQUE (incident, content)
) STRICT;
CREATE INDEX version_by_content ON version (content);
-- An id may have thousands of records: neither they nor its bundles are looked for among the others.
CREATE INDEX version_by_origin ON version (incident, origin) WHERE origin IS NOT NULL;
CREATE INDEX version_of_bundle ON version (incident) WHERE origin IS NULL;

CREATE TABLE version_source (   -- where a content came from; the same content may come in several archives
    version INTEGER NOT NULL REFERENCES version,
    source BLOB NOT NULL REFERENCES source,
    PRIMARY KEY (version, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE part (             -- what a united version is made of, the first before those that fill what it leaves open
    version INTEGER NOT NULL REFERENCES version,
    ordinal INTEGER NOT NULL,
    part INTEGER NOT NULL REFERENCES version (key),
    PRIMARY KEY (version, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag (              -- what a record says besides: a value of a field
    version INTEGER NOT NULL REFERENCES version,
    ordinal INTEGER NOT NULL,
    name INTEGER REFERENCES name, -- the field's, as the tool names it
    text TEXT,
    category TEXT,              -- that it speaks for by the mapping, NULL: none
    given_by TEXT,              -- the record's origin
    member INTEGER REFERENCES name,
    line INTEGER NOT NULL,
    PRIMARY KEY (version, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE component (        -- by name, bytewise
    item INTEGER PRIMARY KEY,
    name INTEGER NOT NULL REFERENCES name,
    kind TEXT                   -- NULL: unset
) STRICT;

CREATE TABLE dependency (       -- from calls to, or runs on it
    version INTEGER PRIMARY KEY REFERENCES version,
    edges TEXT NOT NULL,        -- JSON: [from << 32 | to << 1 | derived, …], components by ordinal;
                                -- derived: 1 where it was seen in traces, not stated
    places TEXT NOT NULL        -- JSON: of each [member << 32 | line, …]; member 0: not known
) STRICT;

CREATE TABLE change (           -- deploys, configuration, flags …
    version INTEGER NOT NULL REFERENCES version,
    ordinal INTEGER NOT NULL,
    kind TEXT,                  -- as written
    component INTEGER,
    version_text TEXT,
    commit_id TEXT,
    text TEXT,
    member INTEGER REFERENCES name,
    line INTEGER NOT NULL,
    at_ns INTEGER, at_digits INTEGER,
    PRIMARY KEY (version, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (            -- lifecycle, alerts, and the log lines worth keeping
    item INTEGER PRIMARY KEY,
    component INTEGER,
    what INTEGER NOT NULL,      -- kind * 256 + level * 16 + digits of at_ns
                                -- kind: key of a name, "log" or the source's own word, 0: none
                                -- level: 0 none, 1 trace, 2 debug, 3 info, 4 warn, 5 error, 6 fatal
    message TEXT,
    template INTEGER,           -- id of a template, NULL: none
    place INTEGER NOT NULL,
    at_ns INTEGER
) STRICT;

CREATE TABLE log_count (        -- lines by template, component, level and minute; a row a count costs an ingest most of its time
    version INTEGER PRIMARY KEY REFERENCES version,
    templates TEXT NOT NULL,    -- JSON: {template: [lines * 10 + first_at_digits, first_at_ns], …} in the order of their
                                -- first counts; rebuildable: the sum over minutes, the earliest of sources
    minutes TEXT NOT NULL,      -- JSON: {template: [entry, …], …} in the same order; an entry is one number,
                                -- ((component * 8 + level) * minute_n + minute) * line_n + lines; no component: one past the last;
                                -- level 7: lines within records that name a cause
    sources BLOB NOT NULL,      -- packed: for each component and level where and when the earliest line stands, and what it
                                -- has at the masks of the template
    minute_first INTEGER NOT NULL, -- since 1970: the minute 1 of entries; 0 is that of lines without a time
    minute_n INTEGER NOT NULL,  -- more than any minute of an entry
    line_n INTEGER NOT NULL     -- more than any lines of an entry
) STRICT;

CREATE TABLE series (           -- a metric of a component
    item INTEGER PRIMARY KEY,
    component INTEGER,
    names INTEGER NOT NULL,     -- metric * 2^32 + unit, keys of names, 0: none
    rows INTEGER NOT NULL,      -- first_row * 2^29 + points * 16 + digits of onset_at_ns
                                -- points: rows with a value; they stand in series_points
                                -- first_row: point i stands on line first_row + i; 0: not known
    baseline_median REAL,       -- in unit, NULL: no baseline
    baseline_mad REAL,          -- in unit: median absolute deviation, not scaled
    peak REAL,                  -- in unit: the value in the window farthest from baseline_median
    score REAL,                 -- how unusual: 0 nothing, log scale
    place INTEGER NOT NULL,     -- of the header
    onset_at_ns INTEGER         -- when it left its baseline, NULL: it did not
) STRICT;

CREATE TABLE series_points (    -- of many series each: a row a series costs an ingest more than the points do
    item INTEGER PRIMARY KEY,   -- of the first series in it
    points BLOB NOT NULL        -- packed: times and values, series after series, up to the next row's first
) STRICT;

CREATE TABLE outcome (          -- what was found to be the cause
    version INTEGER NOT NULL REFERENCES version,
    ordinal INTEGER NOT NULL,   -- 0: the root cause, others contributed
    status TEXT,                -- confirmed, probable, unknown
    category TEXT,
    component TEXT,             -- need not be one of the incident's
    cause TEXT,
    metric TEXT,
    text TEXT,
    given_by TEXT,              -- manifest, a record's origin, command
    member INTEGER REFERENCES name,
    line INTEGER NOT NULL,
    known_at_ns INTEGER, known_at_digits INTEGER,               -- NULL: never usable by rolling origin
    PRIMARY KEY (version, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    key INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES version,
    ordinal INTEGER NOT NULL,
    kind TEXT,                  -- postmortem, or as written
    title TEXT,
    member INTEGER REFERENCES name,
    line INTEGER NOT NULL,
    text TEXT,
    UNIQUE (version, ordinal)
) STRICT;

CREATE TABLE warning (          -- what was odd in an incident's input
    version INTEGER NOT NULL REFERENCES version,
    ordinal INTEGER NOT NULL,
    member INTEGER REFERENCES name,
    line INTEGER NOT NULL,
    code TEXT NOT NULL,
    message TEXT,
    more INTEGER NOT NULL,
    PRIMARY KEY (version, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (           -- the rest of an incident: baselines, symptoms, levels, missing, traces, files
    version INTEGER PRIMARY KEY REFERENCES version,
    packed BLOB NOT NULL
) STRICT;

CREATE TABLE packed_evidence (  -- rebuildable: what analysis made of the record
    version INTEGER PRIMARY KEY REFERENCES version,
    packed BLOB NOT NULL        -- analysis/evidence knows its layout
) STRICT;

-- rebuildable: full text, over the columns of the tables that they name
CREATE VIRTUAL TABLE search_title USING fts5 (title, content = 'version', content_rowid = 'key');
CREATE VIRTUAL TABLE search_document USING fts5 (title, text, content = 'document', content_rowid = 'key');
CREATE VIRTUAL TABLE search_template USING fts5 (text, content = 'template', content_rowid = 'key');

-- ---- what was learned ----------------------------------------------------------------------------------------

CREATE TABLE calibration (
    number INTEGER PRIMARY KEY,
    incidents INTEGER NOT NULL, -- it learned from
    wrong_labels REAL NOT NULL CHECK (wrong_labels BETWEEN 0 AND 1), -- share taken to be wrong: docs/model.md
    promoted INTEGER NOT NULL CHECK (promoted IN (0, 1)),
    reason TEXT,                -- why promoted or not
    purpose TEXT,               -- calibrate, rolling-origin
    labels BLOB,                -- SHA-256 over the incidents it learned from: others, and it is of no use to rolling origin
    digest BLOB NOT NULL UNIQUE, -- SHA-256 of what it is: as_of, purpose, labels, wrong_labels, rows and model
    as_of_ns INTEGER, as_of_digits INTEGER,                  -- outcomes known by then; NULL: none
    created_at_ns INTEGER, created_at_digits INTEGER,
    model BLOB                  -- packed by analysis/model
) STRICT;

CREATE TABLE prior (
    calibration INTEGER NOT NULL REFERENCES calibration,
    ordinal INTEGER NOT NULL,
    service TEXT,               -- NULL: over all services
    category TEXT,
    probability REAL, low REAL, high REAL,
    incidents INTEGER NOT NULL,
    PRIMARY KEY (calibration, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE weight (
    calibration INTEGER NOT NULL REFERENCES calibration,
    ordinal INTEGER NOT NULL,
    evidence TEXT,
    weight REAL, low REAL, high REAL, -- nats
    expert_weight REAL,
    PRIMARY KEY (calibration, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE penalty (
    calibration INTEGER NOT NULL REFERENCES calibration,
    ordinal INTEGER NOT NULL,
    missing TEXT,
    points REAL, low REAL, high REAL, -- change of the leading hypothesis's probability
    incidents INTEGER NOT NULL,
    PRIMARY KEY (calibration, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE analysis (         -- a stored analysis
    incident TEXT NOT NULL REFERENCES incident,
    calibration INTEGER NOT NULL, -- 0: none, the expert prior
    label_seen INTEGER NOT NULL CHECK (label_seen IN (0, 1)),
    guarantee_level REAL,       -- NULL: nothing is promised
    guarantee_incidents INTEGER,
    unexplained REAL,
    PRIMARY KEY (incident, calibration)
) STRICT, WITHOUT ROWID;

CREATE TABLE hypothesis (
    incident TEXT NOT NULL,
    calibration INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    id TEXT NOT NULL,           -- a hash of category, cause, component: 16 hex digits
    rank INTEGER NOT NULL,      -- from 1
    category TEXT,
    cause TEXT,
    component TEXT,
    probability REAL,
    status TEXT NOT NULL CHECK (status IN ('possible', 'confirmed', 'ruled-out', 'contributing')),
    PRIMARY KEY (incident, calibration, ordinal),
    FOREIGN KEY (incident, calibration) REFERENCES analysis
) STRICT, WITHOUT ROWID;

CREATE TABLE reason (           -- for a hypothesis, or against it
    incident TEXT NOT NULL,
    calibration INTEGER NOT NULL,
    hypothesis INTEGER NOT NULL, -- its ordinal
    ordinal INTEGER NOT NULL,
    evidence TEXT,              -- the detector
    weight REAL,                -- nats; below 0: against
    text TEXT,
    member INTEGER REFERENCES name,
    line INTEGER NOT NULL,
    PRIMARY KEY (incident, calibration, hypothesis, ordinal),
    FOREIGN KEY (incident, calibration, hypothesis) REFERENCES hypothesis
) STRICT, WITHOUT ROWID;

CREATE TABLE analysis_penalty ( -- what a missing kind cost this incident
    incident TEXT NOT NULL,
    calibration INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    missing TEXT,
    points REAL, low REAL, high REAL,
    learned_from INTEGER NOT NULL,
    PRIMARY KEY (incident, calibration, ordinal),
    FOREIGN KEY (incident, calibration) REFERENCES analysis
) STRICT, WITHOUT ROWID;

CREATE TABLE backtest (         -- rolling origin: an incident analysed with what was known before it
    incident TEXT NOT NULL PRIMARY KEY REFERENCES incident,
    category TEXT, cause TEXT, component TEXT, -- those confirmed then
    probability REAL,           -- that the analysis gave that component
    category_probability REAL,
    hypothesis_probability REAL,
    rank INTEGER NOT NULL,      -- of that component; 0: it was no candidate
    top_category TEXT, top_component TEXT,
    top_probability REAL,
    unexplained REAL,
    candidates INTEGER NOT NULL,
    covered INTEGER CHECK (covered IN (0, 1)), -- the conformal set held it; NULL: none was promised
    calibration INTEGER NOT NULL, -- 0: none
    as_of_ns INTEGER, as_of_digits INTEGER,
    service TEXT,
    started_at_ns INTEGER, started_at_digits INTEGER,
    evidence TEXT,              -- the kinds that were there, parted by a space
    labels_known INTEGER NOT NULL -- when it began
) STRICT, WITHOUT ROWID;

CREATE TABLE backtest_answer (  -- what was answered to one question of an incident, and by whom
    incident TEXT NOT NULL REFERENCES backtest,
    ordinal INTEGER NOT NULL,   -- of the method
    question INTEGER NOT NULL CHECK (question IN (0, 1, 2)), -- component, category, hypothesis
    method TEXT NOT NULL,       -- hindcast, a baseline, or without-<kind>: hindcast with that kind removed
    rank INTEGER NOT NULL,      -- of the truth; 0: it was not listed
    before INTEGER NOT NULL,    -- answers more probable than the truth
    tied INTEGER NOT NULL,      -- as probable as the truth, itself among them; 0: it was not listed
    probability REAL,           -- of the truth
    top_probability REAL,
    brier REAL,
    covered INTEGER CHECK (covered IN (0, 1)), -- NULL: no set was promised
    set_size INTEGER,           -- hypotheses in it, the unexplained among them; NULL: none was promised
    PRIMARY KEY (incident, ordinal, question)
) STRICT, WITHOUT ROWID;

-- ---- the views -------------------------------------------------------------------------------------------------
--
-- Times are RFC 3339 text in UTC with the precision of the source; beside each stands <column>_ns, nanoseconds
-- since 1970: order and compare by that. Rows come in the order of the first columns, whatever the order of
-- ingest and the archives that held them. `source` is an archive's SHA-256 (of several that hold the same content
-- the smallest).
--
-- incidents          an incident
--     incident, title, service, severity, started_at, detected_at, mitigated_at, ended_at, updated_at, source,
--     content, conflict
-- incident_versions  each content that came under an id, bundles and records of other tools
--     incident, content, updated_at, source, current (1: what is known of the incident is this, or made of this), origin
--     (null: a bundle; else tool:number)
-- sources            an archive or file that was offered
--     source, path, sha256, bytes, status (accepted, partial, rejected), reason, ingested_at
-- warnings           something odd in an input
--     source, incident, member, line, code, message, more (further ones of this code in this member), content,
--     current (0: of a content that a later one has superseded)
-- changes            a change
--     incident, at, kind, component, version, commit_id, text, member, line
-- events             an event or a log line worth keeping
--     incident, at, component, level, kind, message, template, member, line
-- log_templates      a template
--     template, text, first_seen_at, incidents, lines
-- log_counts         a template's lines in a component and minute
--     incident, component, template, at, lines
-- metrics            a series
--     incident, component, metric, unit, points, baseline_median, baseline_mad, peak, onset_at, score, member, line,
--     first_row (line of the first point where every point is on the line after the one before; null: not known)
-- dependencies       an edge
--     incident, from_component, to_component, derived (1: seen in traces, not stated)
-- components         a component
--     incident, component, kind
-- documents          a document
--     incident, member, line, kind, title, text
-- tags               a value of a field of a record that has no column: a tag, a label, a company, a link
--     incident, name (of the field), tag, category (that the mapping says it speaks for), given_by, member, line
-- outcomes           what was found
--     incident, ordinal (0: the root cause), status, category, component, cause, metric, known_at, given_by, text
-- calibrations       a calibration
--     calibration, as_of, incidents, created_at, promoted, reason, purpose, wrong_labels (share of the labels that are
--     taken to be wrong; 0: no more than the model's own faults may be)
-- priors             a prior
--     calibration, service (null: all), category, probability, low, high, incidents
-- weights            an evidence weight, in nats
--     calibration, evidence, weight, low, high, expert_weight
-- penalties          a missing-evidence penalty
--     calibration, missing, points, low, high, incidents
-- hypotheses         a hypothesis of a stored analysis
--     incident, calibration (null: the expert prior), hypothesis, rank, category, cause, component, probability,
--     status
-- evidence           an evidence item of a stored analysis
--     incident, calibration, hypothesis, evidence, direction (for, against), weight, text, member, line
-- backtests          an incident's backtest result
--     incident, as_of, category, component, probability, rank (0: no candidate), top_category, top_component,
--     top_probability, covered (null: nothing was promised), category_probability, hypothesis_probability, unexplained,
--     candidates, calibration, service, started_at, evidence (kinds that were there), labels_known, cause,
--     current (0: what was confirmed then is not what is confirmed now)
-- backtest_answers   an answer of a backtest, of hindcast, of a baseline, or of hindcast without a kind of evidence
--     incident, method, question (component, category, hypothesis), probability (of the truth), top_probability,
--     brier, top1, top3, top5 (equal answers share), covered, set_size (null: nothing was promised), current
--
-- In `hindcast query` two table-valued functions unpack quickly what is packed:
--     metric_points(incident [, component [, metric]])   component, metric, unit, at, at_ns, value
--     log_minutes(incident [, component [, template]])   component, template, level, at, at_ns, lines

-- The text of a time is made of its ns and digits here, when it is read, in SQL that any SQLite runs.
CREATE VIEW incidents AS
SELECT i.id AS incident, v.title, v.service, v.severity,
       strftime('%Y-%m-%dT%H:%M:%S', v.started_at_ns / 1000000000 - (v.started_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', v.started_at_ns % 1000000000 + 1000000000 * (v.started_at_ns % 1000000000 < 0)),
                     1, v.started_at_digits + (v.started_at_digits > 0)) || 'Z' AS started_at,
       v.started_at_ns,
       strftime('%Y-%m-%dT%H:%M:%S', v.detected_at_ns / 1000000000 - (v.detected_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', v.detected_at_ns % 1000000000 + 1000000000 * (v.detected_at_ns % 1000000000 < 0)),
                     1, v.detected_at_digits + (v.detected_at_digits > 0)) || 'Z' AS detected_at,
       v.detected_at_ns,
       strftime('%Y-%m-%dT%H:%M:%S', v.mitigated_at_ns / 1000000000 - (v.mitigated_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', v.mitigated_at_ns % 1000000000 + 1000000000 * (v.mitigated_at_ns % 1000000000 < 0)),
                     1, v.mitigated_at_digits + (v.mitigated_at_digits > 0)) || 'Z' AS mitigated_at,
       v.mitigated_at_ns,
       strftime('%Y-%m-%dT%H:%M:%S', v.ended_at_ns / 1000000000 - (v.ended_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', v.ended_at_ns % 1000000000 + 1000000000 * (v.ended_at_ns % 1000000000 < 0)),
                     1, v.ended_at_digits + (v.ended_at_digits > 0)) || 'Z' AS ended_at,
       v.ended_at_ns,
       strftime('%Y-%m-%dT%H:%M:%S', v.updated_at_ns / 1000000000 - (v.updated_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', v.updated_at_ns % 1000000000 + 1000000000 * (v.updated_at_ns % 1000000000 < 0)),
                     1, v.updated_at_digits + (v.updated_at_digits > 0)) || 'Z' AS updated_at,
       v.updated_at_ns,
       (SELECT lower(hex(min(s.source))) FROM version_source AS s WHERE s.version = v.key) AS source,
       lower(hex(v.content)) AS content, i.conflict
  FROM incident AS i CROSS JOIN version AS v ON v.key = i.current
 ORDER BY i.id;

CREATE VIEW incident_versions AS
SELECT i.id AS incident, lower(hex(v.content)) AS content,
       strftime('%Y-%m-%dT%H:%M:%S', v.updated_at_ns / 1000000000 - (v.updated_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', v.updated_at_ns % 1000000000 + 1000000000 * (v.updated_at_ns % 1000000000 < 0)),
                     1, v.updated_at_digits + (v.updated_at_digits > 0)) || 'Z' AS updated_at,
       v.updated_at_ns,
       (SELECT lower(hex(min(s.source))) FROM version_source AS s WHERE s.version = v.key) AS source,
       v.key = i.current OR v.key IN (SELECT part FROM part WHERE version = i.current) AS current, v.origin
  FROM incident AS i CROSS JOIN version AS v ON v.incident = i.id AND v.origin IS NOT ''
 ORDER BY i.id, v.content;

CREATE VIEW sources AS
SELECT lower(hex(sha256)) AS source, path, lower(hex(sha256)) AS sha256, bytes, status, reason,
       strftime('%Y-%m-%dT%H:%M:%S', ingested_at_ns / 1000000000 - (ingested_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', ingested_at_ns % 1000000000 + 1000000000 * (ingested_at_ns % 1000000000 < 0)),
                     1, ingested_at_digits + (ingested_at_digits > 0)) || 'Z' AS ingested_at,
       ingested_at_ns
  FROM source
 ORDER BY source.sha256;

CREATE VIEW warnings AS
SELECT source, incident, member, line, code, message, more, content, current
  FROM (SELECT (SELECT lower(hex(min(s.source))) FROM version_source AS s WHERE s.version = v.key) AS source,
               i.id AS incident, m.text AS member, nullif(w.line, 0) AS line, w.code, w.message, w.more,
               lower(hex(v.content)) AS content,
               v.key = i.current OR v.key IN (SELECT part FROM part WHERE version = i.current) AS current, w.ordinal
          FROM incident AS i CROSS JOIN version AS v ON v.incident = i.id
               CROSS JOIN warning AS w ON w.version = v.key LEFT JOIN name AS m ON m.key = w.member
        UNION ALL
        SELECT lower(hex(w.source)), NULL, m.text, nullif(w.line, 0), w.code, w.message, w.more, NULL, 1, w.ordinal
          FROM source_warning AS w LEFT JOIN name AS m ON m.key = w.member)
 ORDER BY incident, content, source, ordinal;

CREATE VIEW changes AS
SELECT i.id AS incident,
       strftime('%Y-%m-%dT%H:%M:%S', c.at_ns / 1000000000 - (c.at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', c.at_ns % 1000000000 + 1000000000 * (c.at_ns % 1000000000 < 0)),
                     1, c.at_digits + (c.at_digits > 0)) || 'Z' AS at,
       c.at_ns, c.kind, n.text AS component, c.version_text AS version, c.commit_id, c.text,
       m.text AS member, nullif(c.line, 0) AS line
  FROM incident AS i CROSS JOIN change AS c ON c.version = i.current
       LEFT JOIN component AS o ON o.item = c.version << 32 | c.component
       LEFT JOIN name AS n ON n.key = o.name LEFT JOIN name AS m ON m.key = c.member
 ORDER BY i.id, c.ordinal;

CREATE VIEW events AS
SELECT i.id AS incident,
       strftime('%Y-%m-%dT%H:%M:%S', e.at_ns / 1000000000 - (e.at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', e.at_ns % 1000000000 + 1000000000 * (e.at_ns % 1000000000 < 0)),
                     1, (e.what & 15) + (e.what & 15 > 0)) || 'Z' AS at,
       e.at_ns, n.text AS component,
       CASE e.what >> 4 & 15 WHEN 1 THEN 'trace' WHEN 2 THEN 'debug' WHEN 3 THEN 'info' WHEN 4 THEN 'warn'
                    WHEN 5 THEN 'error' WHEN 6 THEN 'fatal' END AS level,
       k.text AS kind, e.message, CASE WHEN e.template IS NOT NULL THEN printf('%016x', e.template) END AS template,
       m.text AS member, nullif(e.place & 4294967295, 0) AS line
  FROM incident AS i CROSS JOIN event AS e ON e.item BETWEEN i.current << 32 AND i.current << 32 | 4294967295
       LEFT JOIN component AS o ON o.item = i.current << 32 | e.component
       LEFT JOIN name AS n ON n.key = o.name LEFT JOIN name AS k ON k.key = e.what >> 8
       LEFT JOIN name AS m ON m.key = e.place >> 32
 ORDER BY i.id, e.item;

CREATE VIEW log_templates AS
SELECT printf('%016x', t.id) AS template, t.text,
       strftime('%Y-%m-%dT%H:%M:%S', g.ns / 1000000000 - (g.ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', g.ns % 1000000000 + 1000000000 * (g.ns % 1000000000 < 0)),
                     1, g.digits + (g.digits > 0)) || 'Z' AS first_seen_at,
       g.ns AS first_seen_at_ns, g.incidents, g.lines
  FROM (SELECT template, min(ns) AS ns, digits, sum(incidents) AS incidents, sum(lines) AS lines
          FROM (SELECT template, ns, min(digits) AS digits, count(*) AS incidents, sum(lines) AS lines
                  FROM (SELECT CAST(j.key AS INTEGER) AS template, l.value / 10 AS lines, f.value AS ns,
                               CASE WHEN f.value IS NOT NULL THEN l.value % 10 END AS digits
                          FROM incident AS i CROSS JOIN log_count AS c ON c.version = i.current
                               CROSS JOIN json_each(c.templates) AS j CROSS JOIN json_each(j.value, '$[0]') AS l
                               CROSS JOIN json_each(j.value, '$[1]') AS f)
                 GROUP BY template, ns)
         GROUP BY template) AS g CROSS JOIN template AS t ON t.key = g.template
 ORDER BY 1, 2;

CREATE VIEW log_counts AS
SELECT incident, component, template,
       CASE WHEN minute > 0 THEN strftime('%Y-%m-%dT%H:%M:00Z', (minute_first + minute - 1) * 60, 'unixepoch') END AS at,
       CASE WHEN minute > 0 THEN (minute_first + minute - 1) * 60000000000 END AS at_ns,
       sum(lines) AS lines
  FROM (SELECT i.id AS incident, n.text AS component, printf('%016x', t.id) AS template, c.minute_first,
               e.value / c.line_n % c.minute_n AS minute, e.value % c.line_n AS lines
          FROM incident AS i CROSS JOIN log_count AS c ON c.version = i.current
               CROSS JOIN json_each(c.minutes) AS m
               CROSS JOIN template AS t ON t.key = CAST(m.key AS INTEGER)
               CROSS JOIN json_each(m.value) AS e
               LEFT JOIN component AS o ON o.item = i.current << 32 | (e.value / c.line_n / c.minute_n >> 3)
               LEFT JOIN name AS n ON n.key = o.name)
 GROUP BY incident, component, template, minute;

CREATE VIEW metrics AS
SELECT i.id AS incident, n.text AS component, k.text AS metric, u.text AS unit, s.rows >> 4 & 33554431 AS points, s.baseline_median,
       s.baseline_mad, s.peak,
       strftime('%Y-%m-%dT%H:%M:%S', s.onset_at_ns / 1000000000 - (s.onset_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', s.onset_at_ns % 1000000000 + 1000000000 * (s.onset_at_ns % 1000000000 < 0)),
                     1, (s.rows & 15) + (s.rows & 15 > 0)) || 'Z' AS onset_at,
       s.onset_at_ns, s.score, m.text AS member, nullif(s.place & 4294967295, 0) AS line,
       nullif(s.rows >> 29, 0) AS first_row
  FROM incident AS i CROSS JOIN series AS s ON s.item BETWEEN i.current << 32 AND i.current << 32 | 4294967295
       LEFT JOIN component AS o ON o.item = i.current << 32 | s.component
       LEFT JOIN name AS n ON n.key = o.name LEFT JOIN name AS k ON k.key = s.names >> 32
       LEFT JOIN name AS u ON u.key = s.names & 4294967295 LEFT JOIN name AS m ON m.key = s.place >> 32
 ORDER BY i.id, s.item;

CREATE VIEW dependencies AS
SELECT i.id AS incident, f.text AS from_component, t.text AS to_component, e.value & 1 AS derived
  FROM incident AS i CROSS JOIN dependency AS d ON d.version = i.current CROSS JOIN json_each(d.edges) AS e
       CROSS JOIN component AS a ON a.item = i.current << 32 | (e.value >> 32)
       CROSS JOIN component AS b ON b.item = i.current << 32 | (e.value >> 1 & 2147483647)
       CROSS JOIN name AS f ON f.key = a.name CROSS JOIN name AS t ON t.key = b.name
 ORDER BY i.id, e.key;

CREATE VIEW components AS
SELECT i.id AS incident, n.text AS component, o.kind
  FROM incident AS i CROSS JOIN component AS o ON o.item BETWEEN i.current << 32 AND i.current << 32 | 4294967295
       CROSS JOIN name AS n ON n.key = o.name
 ORDER BY i.id, o.item;

CREATE VIEW documents AS
SELECT i.id AS incident, m.text AS member, nullif(d.line, 0) AS line, d.kind, d.title, d.text
  FROM incident AS i CROSS JOIN document AS d ON d.version = i.current LEFT JOIN name AS m ON m.key = d.member
 ORDER BY i.id, d.ordinal;

CREATE VIEW tags AS
SELECT i.id AS incident, n.text AS name, t.text AS tag, t.category, t.given_by, m.text AS member,
       nullif(t.line, 0) AS line
  FROM incident AS i CROSS JOIN tag AS t ON t.version = i.current LEFT JOIN name AS n ON n.key = t.name
       LEFT JOIN name AS m ON m.key = t.member
 ORDER BY i.id, t.ordinal;

CREATE VIEW outcomes AS
SELECT i.id AS incident, o.ordinal, o.status, o.category, o.component, o.cause, o.metric,
       strftime('%Y-%m-%dT%H:%M:%S', o.known_at_ns / 1000000000 - (o.known_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', o.known_at_ns % 1000000000 + 1000000000 * (o.known_at_ns % 1000000000 < 0)),
                     1, o.known_at_digits + (o.known_at_digits > 0)) || 'Z' AS known_at,
       o.known_at_ns,
       o.given_by, o.text
  FROM incident AS i CROSS JOIN outcome AS o ON o.version = i.current
 ORDER BY i.id, o.ordinal;

CREATE VIEW calibrations AS
SELECT number AS calibration,
       strftime('%Y-%m-%dT%H:%M:%S', as_of_ns / 1000000000 - (as_of_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', as_of_ns % 1000000000 + 1000000000 * (as_of_ns % 1000000000 < 0)),
                     1, as_of_digits + (as_of_digits > 0)) || 'Z' AS as_of,
       as_of_ns, incidents,
       strftime('%Y-%m-%dT%H:%M:%S', created_at_ns / 1000000000 - (created_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', created_at_ns % 1000000000 + 1000000000 * (created_at_ns % 1000000000 < 0)),
                     1, created_at_digits + (created_at_digits > 0)) || 'Z' AS created_at,
       created_at_ns, promoted, reason, purpose, wrong_labels
  FROM calibration
 ORDER BY number;

CREATE VIEW priors AS
SELECT calibration, service, category, probability, low, high, incidents FROM prior ORDER BY prior.calibration, ordinal;

CREATE VIEW weights AS
SELECT calibration, evidence, weight, low, high, expert_weight FROM weight ORDER BY weight.calibration, ordinal;

CREATE VIEW penalties AS
SELECT calibration, missing, points, low, high, incidents FROM penalty ORDER BY penalty.calibration, ordinal;

CREATE VIEW hypotheses AS
SELECT incident, nullif(calibration, 0) AS calibration, id AS hypothesis, rank, category, cause, component,
       probability, status
  FROM hypothesis AS h
 ORDER BY h.incident, h.calibration, h.ordinal;

CREATE VIEW evidence AS
SELECT r.incident, nullif(r.calibration, 0) AS calibration, h.id AS hypothesis, r.evidence,
       CASE WHEN r.weight < 0 THEN 'against' ELSE 'for' END AS direction, r.weight, r.text, m.text AS member,
       nullif(r.line, 0) AS line
  FROM hypothesis AS h
       CROSS JOIN reason AS r ON r.incident = h.incident AND r.calibration = h.calibration AND r.hypothesis = h.ordinal
       LEFT JOIN name AS m ON m.key = r.member
 ORDER BY h.incident, h.calibration, h.ordinal, r.ordinal;

CREATE VIEW backtests AS
SELECT incident,
       strftime('%Y-%m-%dT%H:%M:%S', as_of_ns / 1000000000 - (as_of_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', as_of_ns % 1000000000 + 1000000000 * (as_of_ns % 1000000000 < 0)),
                     1, as_of_digits + (as_of_digits > 0)) || 'Z' AS as_of,
       as_of_ns, category, component, probability, rank, top_category, top_component,
       top_probability, covered, category_probability, hypothesis_probability, unexplained, candidates,
       nullif(calibration, 0) AS calibration, service,
       strftime('%Y-%m-%dT%H:%M:%S', started_at_ns / 1000000000 - (started_at_ns % 1000000000 < 0), 'unixepoch')
           || substr(printf('.%09d', started_at_ns % 1000000000 + 1000000000 * (started_at_ns % 1000000000 < 0)),
                     1, started_at_digits + (started_at_digits > 0)) || 'Z' AS started_at,
       started_at_ns, evidence, labels_known, cause,
       EXISTS (SELECT 1 FROM incident AS i CROSS JOIN outcome AS o ON o.version = i.current AND o.ordinal = 0
                WHERE i.id = backtest.incident AND i.conflict = 0 AND o.status = 'confirmed'
                  AND o.known_at_ns IS NOT NULL AND o.category IS backtest.category AND o.cause IS backtest.cause
                  AND o.component IS backtest.component) AS current
  FROM backtest
 ORDER BY backtest.incident;

CREATE VIEW backtest_answers AS
SELECT incident, method,
       CASE question WHEN 0 THEN 'component' WHEN 1 THEN 'category' ELSE 'hypothesis' END AS question,
       probability, top_probability, brier,
       CASE WHEN tied > 0 THEN min(max(1.0 - before, 0.0) / tied, 1.0) ELSE 0.0 END AS top1,
       CASE WHEN tied > 0 THEN min(max(3.0 - before, 0.0) / tied, 1.0) ELSE 0.0 END AS top3,
       CASE WHEN tied > 0 THEN min(max(5.0 - before, 0.0) / tied, 1.0) ELSE 0.0 END AS top5,
       covered, set_size, (SELECT b.current FROM backtests AS b WHERE b.incident = backtest_answer.incident) AS current
  FROM backtest_answer
 ORDER BY backtest_answer.incident, backtest_answer.ordinal, backtest_answer.question;
