/* Every statement of the store, prepared once and named. */
#ifndef HC_CORPUS_STORE_STATEMENTS_H
#define HC_CORPUS_STORE_STATEMENTS_H

/* clang-format off */

/* Of the records of one origin, or the bundles, the latest first. Records often state no `updated`: the one whose times go
 * farthest was written last. */
#define HC_SQL_LATEST "updated_at_ns IS NULL, updated_at_ns DESC, CASE WHEN origin IS NOT NULL THEN" \
    " max(ifnull(ended_at_ns, 1 << 63), ifnull(mitigated_at_ns, 1 << 63), ifnull(detected_at_ns, 1 << 63)," \
    " ifnull(started_at_ns, 1 << 63)) END DESC, content"

/* Of an incident the versions that count: its bundle, then of each origin the latest record, the latest first. */
#define HC_SQL_PARTS(id) "SELECT key FROM (SELECT key, origin, updated_at_ns, row_number() OVER (PARTITION BY origin" \
    " ORDER BY " HC_SQL_LATEST ") AS n FROM version WHERE incident = " id \
    " AND origin IS NOT '') WHERE n = 1 ORDER BY origin IS NOT NULL, updated_at_ns IS NULL, updated_at_ns DESC, origin"

/* The templates that match, once; then one pass over the counts, which have no index by template. */
#define SEARCH_TEMPLATE_FOUND "WITH s AS MATERIALIZED (SELECT rowid AS key, rank FROM search_template" \
    " WHERE search_template MATCH ?1) "
#define SEARCH_TEMPLATE_COUNTS "incident AS i CROSS JOIN log_count AS c ON c.version = i.current" \
    " CROSS JOIN json_each(c.templates) AS j CROSS JOIN s ON s.key = CAST(j.key AS INTEGER)"

#define HC_STATEMENTS(S) \
    S(SOURCE_ANY, "SELECT EXISTS (SELECT 1 FROM source)") \
    S(SOURCE_FIND, "SELECT status FROM source WHERE sha256 = ?1") \
    S(SOURCE_PATH, "SELECT path FROM source WHERE sha256 = ?1 AND status <> 'rejected'") \
    S(SOURCE_INSERT, "INSERT INTO source (sha256, path, bytes, status, reason, ingested_at_ns, ingested_at_digits)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?)") \
    S(SOURCE_UPDATE, "UPDATE source SET path = ?2, bytes = ?3, status = ?4, reason = ?5, ingested_at_ns = ?6," \
      " ingested_at_digits = ?7 WHERE sha256 = ?1") \
    S(SOURCE_WARNINGS_DELETE, "DELETE FROM source_warning WHERE source = ?1") \
    S(SOURCE_WARNING_INSERT, "INSERT INTO source_warning (source, ordinal, member, line, code, message, more)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?)") \
    S(NAME_FIND, "SELECT key FROM name WHERE text = ?1") \
    S(NAME_INSERT, "INSERT INTO name (text) VALUES (?1)") \
    S(TEMPLATE_FIND, "SELECT key FROM template WHERE id = ?1 AND text = ?2") \
    S(TEMPLATE_INSERT, "INSERT INTO template (id, text) VALUES (?1, ?2)") \
    S(TEMPLATE_SEARCH_INSERT, "INSERT INTO search_template (rowid, text) VALUES (?1, ?2)") \
    S(VERSION_FIND, "SELECT key FROM version WHERE incident = ?1 AND content = ?2") \
    S(VERSION_PLACE, "SELECT (SELECT min(s.source) FROM version_source AS s WHERE s.version = v.key), m.text, v.window_line" \
      " FROM version AS v LEFT JOIN name AS m ON m.key = v.window_member WHERE v.key = ?1") \
    S(VERSION_INSERT, "INSERT INTO version (incident, content, origin, title, service, severity, window_member, window_line," \
      " checksum, updated_at_ns, updated_at_digits, started_at_ns, started_at_digits, detected_at_ns," \
      " detected_at_digits, mitigated_at_ns, mitigated_at_digits, ended_at_ns, ended_at_digits)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
    S(VERSION_SOURCE_INSERT, "INSERT OR IGNORE INTO version_source (version, source) VALUES (?1, ?2)") \
    S(VERSION_SOURCES_MOVE, "UPDATE version_source SET version = ?2 WHERE version = ?1") \
    S(VERSION_BEST, "SELECT key, updated_at_ns FROM version WHERE incident = ?1 AND origin IS NULL" \
      " ORDER BY updated_at_ns IS NULL, updated_at_ns DESC, content LIMIT 2") \
    S(RECORDS_ANY, "SELECT EXISTS (SELECT 1 FROM version WHERE incident = ?1 AND origin IS NOT NULL)") \
    S(PARTS_OF, HC_SQL_PARTS("?1")) \
    S(PARTS_GET, "SELECT part FROM part WHERE version = ?1 ORDER BY ordinal") \
    S(RECORD_LATEST, "SELECT key FROM version WHERE incident = ?1 AND origin = ?2" \
      " ORDER BY " HC_SQL_LATEST " LIMIT 1") \
    S(PART_INSERT, "INSERT INTO part (version, ordinal, part) VALUES (?, ?, ?)") \
    S(PART_SOURCES, "INSERT OR IGNORE INTO version_source (version, source) SELECT ?1, s.source FROM part AS p" \
      " CROSS JOIN version_source AS s ON s.version = p.part WHERE p.version = ?1") \
    S(PART_SOURCE, "INSERT OR IGNORE INTO version_source (version, source) SELECT p.version, ?3 FROM incident AS i" \
      " CROSS JOIN part AS p ON p.version = i.current AND p.part = ?2 WHERE i.id = ?1") \
    S(UNITED_FIND, "SELECT key FROM version WHERE incident = ?1 AND origin = ''") \
    S(TITLE_SEARCH_DELETE, "INSERT INTO search_title (search_title, rowid, title) SELECT 'delete', key, title" \
      " FROM version WHERE key = ?1 AND title IS NOT NULL") \
    S(DOCUMENT_SEARCH_DELETE, "INSERT INTO search_document (search_document, rowid, title, text)" \
      " SELECT 'delete', key, title, text FROM document WHERE version = ?1") \
    S(INCIDENT_FIND, "SELECT current, conflict FROM incident WHERE id = ?1") \
    S(INCIDENT_INSERT, "INSERT INTO incident (id, current, conflict) VALUES (?1, ?2, ?3)") \
    S(INCIDENT_UPDATE, "UPDATE incident SET current = ?2, conflict = ?3 WHERE id = ?1") \
    S(INCIDENT_CURRENT, "UPDATE incident SET current = ?2 WHERE id = ?1 AND current IS NOT ?2") \
    S(COMPONENT_INSERT, "INSERT OR FAIL INTO component (item, name, kind) SELECT c0, c1, c2 FROM put_rows") \
    S(DEPENDENCIES_INSERT, "INSERT INTO dependency (version, edges, places) VALUES (?, ?, ?)") \
    S(CHANGE_INSERT, "INSERT OR FAIL INTO change (version, ordinal, kind, component, version_text, commit_id," \
      " text, member, line, at_ns, at_digits) SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 FROM" \
      " put_rows") \
    S(EVENT_INSERT, "INSERT OR FAIL INTO event (item, component, what, message, template, place, at_ns)" \
      " SELECT c0, c1, c2, c3, c4, c5, c6 FROM put_rows") \
    S(LOG_COUNTS_INSERT, "INSERT INTO log_count (version, templates, minutes, sources, minute_first, minute_n, line_n)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?)") \
    S(SERIES_INSERT, "INSERT OR FAIL INTO series (item, component, names, rows, baseline_median, baseline_mad, peak, score," \
      " place, onset_at_ns) SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM put_rows") \
    S(POINTS_INSERT, "INSERT INTO series_points (item, points) VALUES (?, ?)") \
    S(OUTCOME_INSERT, "INSERT OR FAIL INTO outcome (version, ordinal, status, category, component, cause," \
      " metric, text, given_by, member, line, known_at_ns, known_at_digits) SELECT c0, c1, c2, c3, c4, c5," \
      " c6, c7, c8, c9, c10, c11, c12 FROM put_rows") \
    S(TAG_INSERT, "INSERT OR FAIL INTO tag (version, ordinal, name, text, category, given_by, member, line)" \
      " SELECT c0, c1, c2, c3, c4, c5, c6, c7 FROM put_rows") \
    S(TAGS_GET, "SELECT n.text, t.text, t.category, t.given_by, m.text, t.line FROM tag AS t" \
      " LEFT JOIN name AS n ON n.key = t.name LEFT JOIN name AS m ON m.key = t.member WHERE t.version = ?1" \
      " ORDER BY t.ordinal") \
    S(DOCUMENT_INSERT, "INSERT INTO document (version, ordinal, kind, title, text, member, line)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?)") \
    S(WARNING_INSERT, "INSERT OR FAIL INTO warning (version, ordinal, member, line, code, message, more)" \
      " SELECT c0, c1, c2, c3, c4, c5, c6 FROM put_rows") \
    S(RECORD_INSERT, "INSERT INTO record (version, packed) VALUES (?, ?)") \
    S(TITLE_SEARCH_INSERT, "INSERT INTO search_title (rowid, title) VALUES (?1, ?2)") \
    S(DOCUMENT_SEARCH_INSERT, "INSERT INTO search_document (rowid, title, text) VALUES (?1, ?2, ?3)") \
    S(EVIDENCE_DELETE, "DELETE FROM packed_evidence WHERE version = ?1") \
    S(EVIDENCE_INSERT, "INSERT OR REPLACE INTO packed_evidence (version, packed) VALUES (?1, ?2)") \
    S(EVIDENCE_GET, "SELECT packed FROM packed_evidence WHERE version = ?1") \
    S(VERSION_GET, "SELECT v.incident, v.content, v.origin, v.title, v.service, v.severity, m.text, v.window_line, v.checksum," \
      " v.updated_at_ns, v.updated_at_digits, v.started_at_ns, v.started_at_digits, v.detected_at_ns," \
      " v.detected_at_digits, v.mitigated_at_ns, v.mitigated_at_digits, v.ended_at_ns, v.ended_at_digits" \
      " FROM version AS v LEFT JOIN name AS m ON m.key = v.window_member WHERE v.key = ?1") \
    S(COMPONENTS_GET, "SELECT n.text, c.kind FROM component AS c CROSS JOIN name AS n ON n.key = c.name" \
      " WHERE c.item BETWEEN ?1 << 32 AND ?1 << 32 | 4294967295 ORDER BY c.item") \
    S(DEPENDENCIES_GET, "SELECT e.value >> 32, e.value >> 1 & 2147483647, e.value & 1" \
      " FROM dependency AS d CROSS JOIN json_each(d.edges) AS e WHERE d.version = ?1 ORDER BY e.key") \
    S(DEPENDENCY_PLACES_GET, "SELECT m.text, p.value & 4294967295" \
      " FROM dependency AS d CROSS JOIN json_each(d.places) AS p LEFT JOIN name AS m ON m.key = p.value >> 32" \
      " WHERE d.version = ?1 ORDER BY p.key") \
    S(CHANGES_GET, "SELECT c.at_ns, c.at_digits, c.kind, c.component, c.version_text, c.commit_id, c.text, m.text," \
      " c.line FROM change AS c LEFT JOIN name AS m ON m.key = c.member WHERE c.version = ?1 ORDER BY c.ordinal") \
    S(EVENTS_GET, "SELECT e.at_ns, e.what & 15, e.component, e.what >> 4 & 15, k.text, e.message, e.template, m.text," \
      " e.place & 4294967295 FROM event AS e LEFT JOIN name AS k ON k.key = e.what >> 8" \
      " LEFT JOIN name AS m ON m.key = e.place >> 32" \
      " WHERE e.item BETWEEN ?1 << 32 AND ?1 << 32 | 4294967295 ORDER BY e.item") \
    S(LOG_MINUTES_GET, "SELECT minute_first, minute_n, line_n, minutes, sources FROM log_count WHERE version = ?1") \
    S(LOG_COUNTS_GET, "SELECT t.id, t.text, t.key, (j.value ->> 0) / 10, j.value ->> 1," \
      " CASE WHEN j.value ->> 1 IS NOT NULL THEN (j.value ->> 0) % 10 END FROM log_count AS c CROSS JOIN json_each(c.templates) AS j" \
      " LEFT JOIN template AS t ON t.key = CAST(j.key AS INTEGER) WHERE c.version = ?1 ORDER BY j.id") \
    S(POINTS_GET, "SELECT item & 4294967295, points FROM series_points" \
      " WHERE item BETWEEN ?1 << 32 AND ?1 << 32 | 4294967295 ORDER BY item") \
    S(SERIES_GET, "SELECT s.component, n.text, u.text, s.rows >> 4 & 33554431, m.text, s.place & 4294967295," \
      " s.rows >> 29, s.baseline_median, s.baseline_mad, s.peak, s.score, s.onset_at_ns, s.rows & 15 FROM series AS s" \
      " LEFT JOIN name AS n ON n.key = s.names >> 32 LEFT JOIN name AS u ON u.key = s.names & 4294967295" \
      " LEFT JOIN name AS m ON m.key = s.place >> 32 WHERE s.item BETWEEN ?1 << 32 AND ?1 << 32 | 4294967295" \
      " ORDER BY s.item") \
    S(OUTCOMES_GET, "SELECT o.ordinal, o.status, o.category, o.component, o.cause, o.metric, o.text, o.given_by," \
      " o.known_at_ns, o.known_at_digits, m.text, o.line FROM outcome AS o LEFT JOIN name AS m ON m.key = o.member" \
      " WHERE o.version = ?1 ORDER BY o.ordinal") \
    S(DOCUMENTS_GET, "SELECT d.kind, d.title, d.text, m.text, d.line FROM document AS d" \
      " LEFT JOIN name AS m ON m.key = d.member WHERE d.version = ?1 ORDER BY d.ordinal") \
    S(WARNINGS_GET, "SELECT m.text, w.line, w.code, w.message, w.more FROM warning AS w" \
      " LEFT JOIN name AS m ON m.key = w.member WHERE w.version = ?1 ORDER BY w.ordinal") \
    S(RECORD_GET, "SELECT packed FROM record WHERE version = ?1") \
    S(INCIDENT_LIST, "SELECT coalesce((SELECT p.part FROM part AS p CROSS JOIN version AS b ON b.key = p.part" \
      " WHERE p.version = v.key AND b.origin IS NULL), v.key), i.id, v.title, v.service, v.content, v.started_at_ns, v.started_at_digits," \
      " i.conflict, o.status, o.known_at_ns, o.known_at_digits, o.category, o.cause, o.component, o.version IS NOT NULL," \
      " (SELECT min(s.source) FROM version_source AS s WHERE s.version = v.key), v.key, o.text," \
      " coalesce(v.updated_at_ns, v.ended_at_ns), iif(v.updated_at_ns IS NULL, v.ended_at_digits, v.updated_at_digits)," \
      " v.checksum FROM incident AS i CROSS JOIN version AS v ON v.key = i.current" \
      " LEFT JOIN outcome AS o ON o.version = v.key AND o.ordinal = 0 ORDER BY i.id") \
    S(CONTENT_FIND, "SELECT min(incident) FROM version WHERE content = ?1") \
    S(LATEST_TIME, "SELECT ns, digits FROM (" \
      "SELECT started_at_ns AS ns, started_at_digits AS digits FROM incident CROSS JOIN version ON key = current" \
      " UNION ALL SELECT detected_at_ns, detected_at_digits FROM incident CROSS JOIN version ON key = current" \
      " UNION ALL SELECT mitigated_at_ns, mitigated_at_digits FROM incident CROSS JOIN version ON key = current" \
      " UNION ALL SELECT ended_at_ns, ended_at_digits FROM incident CROSS JOIN version ON key = current" \
      " UNION ALL SELECT known_at_ns, known_at_digits FROM incident CROSS JOIN outcome ON version = current)" \
      " WHERE ns IS NOT NULL ORDER BY ns DESC, digits LIMIT 1") \
    S(CALIBRATION_FIND, "SELECT number FROM calibration WHERE digest = ?1") \
    S(CALIBRATION_INSERT, "INSERT INTO calibration (incidents, wrong_labels, promoted, reason, purpose, labels, digest, as_of_ns," \
      " as_of_digits, created_at_ns, created_at_digits, model) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
    S(CALIBRATION_UPDATE, "UPDATE calibration SET promoted = ?2, reason = ?3 WHERE number = ?1" \
      " AND (promoted IS NOT ?2 OR reason IS NOT ?3)") \
    S(PRIOR_INSERT, "INSERT INTO prior (calibration, ordinal, service, category, probability, low, high, incidents)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)") \
    S(WEIGHT_INSERT, "INSERT INTO weight (calibration, ordinal, evidence, weight, low, high, expert_weight)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?)") \
    S(PENALTY_INSERT, "INSERT INTO penalty (calibration, ordinal, missing, points, low, high, incidents)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?)") \
    S(CALIBRATION_GET, "SELECT number, as_of_ns, as_of_digits, incidents, wrong_labels, promoted, reason, purpose, labels," \
      " model FROM calibration WHERE number = ?1") \
    S(CALIBRATION_LATEST, "SELECT number FROM calibration WHERE promoted = 1 AND purpose IS NOT 'rolling-origin'" \
      " AND (?1 IS NULL OR as_of_ns IS NULL OR as_of_ns <= ?1)" \
      " ORDER BY as_of_ns IS NULL, as_of_ns DESC, number DESC LIMIT 1") \
    S(CALIBRATION_BEFORE, "SELECT number FROM calibration WHERE promoted = 1 AND purpose IS NOT 'rolling-origin'" \
      " AND as_of_ns <= ?1 AND (as_of_ns < ?1 OR labels IS NOT ?2) ORDER BY as_of_ns DESC, number DESC LIMIT 1") \
    S(CALIBRATION_COMPARED, "SELECT number FROM calibration WHERE promoted = 1 AND purpose IS NOT 'rolling-origin'" \
      " AND as_of_ns < ?1 AND labels IS NOT ?2 ORDER BY incidents * 10 <= ?3 * 9 DESC, as_of_ns DESC, number DESC LIMIT 1") \
    S(CALIBRATION_OF_LABELS, "SELECT number FROM calibration WHERE promoted = 1 AND purpose = ?1 AND labels = ?2" \
      " ORDER BY number DESC LIMIT 1") \
    S(PRIORS_GET, "SELECT service, category, probability, low, high, incidents FROM prior" \
      " WHERE calibration = ?1 ORDER BY ordinal") \
    S(WEIGHTS_GET, "SELECT evidence, weight, low, high, expert_weight FROM weight" \
      " WHERE calibration = ?1 ORDER BY ordinal") \
    S(PENALTIES_GET, "SELECT missing, points, low, high, incidents FROM penalty" \
      " WHERE calibration = ?1 ORDER BY ordinal") \
    S(REASONS_DELETE, "DELETE FROM reason WHERE incident = ?1 AND calibration = ?2") \
    S(HYPOTHESES_DELETE, "DELETE FROM hypothesis WHERE incident = ?1 AND calibration = ?2") \
    S(ANALYSIS_PENALTIES_DELETE, "DELETE FROM analysis_penalty WHERE incident = ?1 AND calibration = ?2") \
    S(ANALYSIS_DELETE, "DELETE FROM analysis WHERE incident = ?1 AND calibration = ?2") \
    S(ANALYSIS_INSERT, "INSERT INTO analysis (incident, calibration, label_seen, guarantee_level, guarantee_incidents," \
      " unexplained) VALUES (?, ?, ?, ?, ?, ?)") \
    S(HYPOTHESIS_INSERT, "INSERT INTO hypothesis (incident, calibration, ordinal, id, rank, category, cause, component," \
      " probability, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
    S(REASON_INSERT, "INSERT INTO reason (incident, calibration, hypothesis, ordinal, evidence, weight, text, member," \
      " line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)") \
    S(ANALYSIS_PENALTY_INSERT, "INSERT INTO analysis_penalty (incident, calibration, ordinal, missing, points, low, high," \
      " learned_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?)") \
    S(BACKTEST_INSERT, "INSERT OR REPLACE INTO backtest (incident, as_of_ns, as_of_digits, category, cause, component," \
      " probability, category_probability, hypothesis_probability, rank, top_category, top_component," \
      " top_probability, unexplained, candidates, covered, calibration, service, started_at_ns, started_at_digits," \
      " evidence, labels_known) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
    S(BACKTEST_ANSWERS_DELETE, "DELETE FROM backtest_answer WHERE incident = ?") \
    S(BACKTEST_ANSWER_INSERT, "INSERT INTO backtest_answer (incident, ordinal, question, method, rank, before, tied," \
      " probability, top_probability, brier, covered, set_size) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
    S(BACKTEST_LIST, "SELECT incident, as_of_ns, as_of_digits, category, cause, component, probability," \
      " category_probability, hypothesis_probability, rank, top_category, top_component, top_probability, unexplained," \
      " candidates, covered, calibration, service, started_at_ns, started_at_digits, evidence, labels_known," \
      " (SELECT b.current FROM backtests AS b WHERE b.incident = backtest.incident) FROM backtest ORDER BY started_at_ns, incident") \
    S(BACKTEST_ANSWERS, "SELECT question, method, rank, before, tied, probability, top_probability, brier," \
      " covered, set_size FROM backtest_answer WHERE incident = ? ORDER BY ordinal, question") \
    S(SEARCH_TITLE, "SELECT i.id, 'title', snippet(search_title, 0, '', '', '…', 24) FROM search_title" \
      " CROSS JOIN version AS v ON v.key = search_title.rowid" \
      " CROSS JOIN incident AS i ON i.id = v.incident AND i.current = v.key" \
      " WHERE search_title MATCH ?1 ORDER BY bm25(search_title), i.id LIMIT ?2") \
    S(SEARCH_DOCUMENT, "SELECT i.id, CASE WHEN d.kind = 'postmortem' THEN 'postmortem' ELSE 'document' END," \
      " snippet(search_document, -1, '', '', '…', 24) FROM search_document" \
      " CROSS JOIN document AS d ON d.key = search_document.rowid CROSS JOIN version AS v ON v.key = d.version" \
      " CROSS JOIN incident AS i ON i.id = v.incident AND i.current = v.key" \
      " WHERE search_document MATCH ?1 ORDER BY bm25(search_document), i.id, d.ordinal LIMIT ?2") \
    S(SEARCH_TEMPLATE, SEARCH_TEMPLATE_FOUND \
      "SELECT i.id, 'template', t.text FROM " SEARCH_TEMPLATE_COUNTS " CROSS JOIN template AS t ON t.key = s.key" \
      " WHERE EXISTS (SELECT 1 FROM s) GROUP BY t.key, i.id ORDER BY min(s.rank), t.text, i.id LIMIT ?2") \
    S(SEARCH_TITLE_COUNT, "SELECT count(*) FROM search_title CROSS JOIN version AS v ON v.key = search_title.rowid" \
      " CROSS JOIN incident AS i ON i.id = v.incident AND i.current = v.key WHERE search_title MATCH ?1") \
    S(SEARCH_DOCUMENT_COUNT, "SELECT count(*) FROM search_document" \
      " CROSS JOIN document AS d ON d.key = search_document.rowid CROSS JOIN version AS v ON v.key = d.version" \
      " CROSS JOIN incident AS i ON i.id = v.incident AND i.current = v.key WHERE search_document MATCH ?1") \
    S(SEARCH_TEMPLATE_COUNT, SEARCH_TEMPLATE_FOUND \
      "SELECT count(*) FROM (SELECT DISTINCT s.key, i.id FROM " SEARCH_TEMPLATE_COUNTS \
      " WHERE EXISTS (SELECT 1 FROM s))")
/* clang-format on */

#endif
