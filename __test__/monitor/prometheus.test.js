'use strict';

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const hauberk = require('../..');
const { send } = require('../helpers/send');
const { expresses, serve } = require('../helpers/server');

const DOCS = path.join(__dirname, '../../docs/monitoring');
const TOKEN = 'a-token-for-prometheus';

/** @param {string} program */
const missing = (program) =>
  spawnSync(program, ['--version']).status === 0 ? undefined : `${program} is not installed`;

/** @param {import('node:test').TestContext} t */
function folderOf(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-prometheus-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An application whose metrics hold every family. @param {import('node:test').TestContext} t */
async function application(t) {
  const folder = folderOf(t);
  const app = expresses[1].express();
  const guard = hauberk({
    ratelimit: {
      limit: 3,
      burst: 3,
      windowMs: 3_600_000,
      skip: (/** @type {any} */ req) => req.path === '/metrics',
    },
    bans: true,
    monitor: { log: path.join(folder, 'events.log'), anomalies: { ban: true } },
  });
  t.after(guard.close);
  app.use(guard);
  app.get('/', (_req, res) => res.json({}));
  app.get('/metrics', guard.monitor.scrape({ token: TOKEN, loopback: false }));
  app.use(guard.errors);
  const { port } = await serve(t, app);
  for (let i = 0; i < 5; i += 1) await send(port, { method: 'GET' });
  return { port, guard };
}

test('promtool check metrics has nothing to say', async (t) => {
  const absent = missing('promtool');
  if (absent) return t.skip(absent);
  const { guard } = await application(t);
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: await guard.monitor.metrics(),
    encoding: 'utf8',
  });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});

test('a real Prometheus scrapes the endpoint with the token, and answers queries', async (t) => {
  const absent = missing('prometheus');
  if (absent) return t.skip(absent);
  const { port, guard } = await application(t);
  const folder = folderOf(t);
  const config = {
    global: { scrape_interval: '1s' },
    scrape_configs: [
      {
        job_name: 'api',
        authorization: { credentials: TOKEN },
        static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      },
    ],
  };
  // JSON is YAML.
  fs.writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config));
  const child = spawn(
    'prometheus',
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  t.after(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const address = await listening(child);
  const query = async (/** @type {string} */ text) => {
    const response = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(text)}`);
    const { data } = /** @type {any} */ (await response.json());
    return data?.result?.[0]?.value[1];
  };
  // It may have scraped before anything was counted for it.
  while ((await query('up{job="api"}')) !== '1') await sleep(100);
  const { requests, decisions } = guard.monitor.snapshot();
  const blocked = decisions.find(({ practice }) => practice === 'ratelimit')?.blocked;
  assert.equal(
    await query('hauberk_decisions_total{practice="ratelimit",decision="blocked"}'),
    String(blocked),
  );
  assert.equal(await query('hauberk_responses_total{status="429"}'), String(requests.byStatus[429]));
  assert.ok(Number(await query('histogram_quantile(0.99, hauberk_request_duration_seconds_bucket)')) > 0);
  assert.ok(Number(await query('hauberk_process_resident_memory_bytes')) > 1e6);
});

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<string>} where it listens */
async function listening(child) {
  const lines = readline.createInterface({ input: /** @type {any} */ (child.stderr) });
  let said = '';
  for await (const line of lines) {
    said += `${line}\n`;
    const found = /"?Listening on"? address=(127\.0\.0\.1:[1-9]\d*)/.exec(line);
    if (found !== null) {
      lines.on('line', () => {});
      child.stderr?.resume();
      return found[1];
    }
  }
  throw new Error(`prometheus did not start: ${said}`);
}

test('promtool check rules, and the rules fire when they should', (t) => {
  const absent = missing('promtool');
  if (absent) return t.skip(absent);
  const alerts = path.join(DOCS, 'alerts.yml');
  const checked = spawnSync('promtool', ['check', 'rules', alerts], { encoding: 'utf8' });
  assert.equal(checked.status, 0, checked.stderr);
  const file = path.join(folderOf(t), 'test.yml');
  const cases = fs.readFileSync(path.join(__dirname, 'alerts.test.yml'), 'utf8');
  fs.writeFileSync(file, cases.replace('ALERTS', alerts));
  const run = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stdout + run.stderr);
});

test('alerts and dashboard ask only for metrics that there are', async (t) => {
  const { guard } = await application(t);
  const there = new Set(
    [...(await guard.monitor.metrics()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  for (const file of ['alerts.yml', 'grafana.json']) {
    const asked = new Set(fs.readFileSync(path.join(DOCS, file), 'utf8').match(/\bhauberk_[a-z_]+/g));
    assert.ok(asked.size >= 8, file);
    for (const name of asked) assert.ok(there.has(name), `${file}: ${name}`);
  }
});

test('the dashboard for Grafana: every panel has a place of its own, and a query that Prometheus reads', (t) => {
  const dashboard = JSON.parse(fs.readFileSync(path.join(DOCS, 'grafana.json'), 'utf8'));
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  assert.ok(panels.length >= 10);
  const places = new Set(dashboard.panels.map((/** @type {any} */ { gridPos: { x, y } }) => `${x} ${y}`));
  assert.equal(places.size, dashboard.panels.length);
  const expressions = panels.flatMap((/** @type {any} */ { targets }) =>
    targets.map((/** @type {any} */ one) => one.expr),
  );
  const absent = missing('promtool');
  if (absent) return t.skip(absent);
  const rules = expressions.map((/** @type {string} */ expr, /** @type {number} */ i) => ({
    record: `r${i}`,
    expr: expr.replaceAll('$__rate_interval', '1m'),
  }));
  const file = path.join(folderOf(t), 'rules.yml');
  fs.writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  const { status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});

test('prom-client: in its registry beside the own metrics of the application, and out again', async (t) => {
  const { Registry, Counter, register } = require('prom-client');
  const { guard } = await application(t);
  const registry = new Registry();
  const own = new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] });
  own.inc(3);
  const end = guard.monitor.prometheus(registry);
  const text = await registry.metrics();
  assert.match(text, /^orders_total 3$/m);
  const blocked = guard.monitor
    .snapshot()
    .decisions.find(({ practice }) => practice === 'ratelimit')?.blocked;
  assert.match(
    text,
    new RegExp(`^hauberk_decisions_total\\{practice="ratelimit",decision="blocked"\\} ${blocked}$`, 'm'),
  );
  assert.match(text, /^hauberk_request_duration_seconds_bucket\{le="\+Inf"\} \d+$/m);
  const absent = missing('promtool');
  if (!absent) {
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.deepEqual([checked.status, checked.stderr], [0, '']);
  }
  const json = await registry.getMetricsAsJSON();
  assert.ok(json.some(({ name }) => name === 'hauberk_requests_total'));
  assert.throws(() => guard.monitor.prometheus(registry), /already been registered/);
  end();
  end();
  assert.doesNotMatch(await registry.metrics(), /hauberk/);
  // The global registry is the default; closing the monitor takes its metrics out.
  guard.monitor.prometheus();
  assert.ok(register.getSingleMetric('hauberk_requests_total'));
  await guard.monitor.close();
  assert.equal(register.getSingleMetric('hauberk_requests_total'), undefined);
  assert.throws(() => guard.monitor.prometheus(/** @type {any} */ ({})), {
    code: 'ERR_HAUBERK_OPTION_INVALID',
  });
});
