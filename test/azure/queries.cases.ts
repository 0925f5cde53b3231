import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withBicep } from './bicep.ts';
import { ofType, only } from './predict.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const alert = z.object({ criteria: z.object({ allOf: z.array(z.object({ query: z.string() })) }) });
const workbook = z.object({
  items: z.array(z.looseObject({ name: z.string(), content: z.looseObject({ query: z.string().optional() }) })),
});

let queries: readonly string[] = [];
let sources: readonly string[] = [];

withBicep(async (predict) => {
  const [alerts, main] = await Promise.all([
    predict({
      template: 'infra/azure/modules/alerts.bicep',
      scope: { subscriptionId: '11111111-1111-1111-1111-111111111111', resourceGroup: 'rg' },
      parameters: `
param name = 'flowkeeper-prod'
param location = 'westeurope'
param tags = {}
param workspaceId = '/workspace'
param actionGroupId = '/group'`,
    }),
    predict({
      template: 'infra/azure/main.bicep',
      scope: { subscriptionId: '11111111-1111-1111-1111-111111111111' },
      parameters: `param deploymentName = 'prod'`,
    }),
  ]);
  const ofAlerts = ofType(alerts, 'Microsoft.Insights/scheduledQueryRules').flatMap(({ properties }) =>
    alert.parse(properties).criteria.allOf.map(({ query }) => query),
  );
  const { serializedData } = only(main, 'Microsoft.Insights/workbooks').properties;
  const { items } = workbook.parse(JSON.parse(String(serializedData)));
  queries = [...ofAlerts, ...items.flatMap(({ content }) => content.query ?? [])];
  sources = await Promise.all(['shared', 'functions'].map(readSources)).then((all) => all.flat());
});

async function readSources(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts'));
  return Promise.all(files.map((name) => readFile(join(root, folder, name), 'utf8')));
}

/** Messages that a query compares `line.msg` with. */
function messagesIn(query: string): readonly string[] {
  const compared = [...query.matchAll(/line\.msg (?:==|in) (\([^)]*\)|'[^']*'|"[^"]*")/g)].map((match) => match[1]);
  return compared.flatMap((text) => [...(text ?? '').matchAll(/['"]([^'"]+)['"]/g)].map((match) => match[1] ?? ''));
}

describe('the queries of the alerts and of the workbook', () => {
  test('ask the log for messages that the app writes, and for fields that it writes with them', () => {
    const asking = queries.filter((query) => query.includes('line.'));
    expect(asking.length).toBeGreaterThan(5);
    for (const query of asking) {
      const messages = messagesIn(query);
      expect(messages).not.toEqual([]);
      for (const message of messages) expect(sources.filter((text) => text.includes(`'${message}'`))).not.toEqual([]);
      const writers = sources.filter((text) => messages.some((message) => text.includes(`'${message}'`))).join('\n');
      const fields = [...query.matchAll(/line\.(\w+)/g)]
        .map((match) => match[1] ?? '')
        .filter((name) => name !== 'msg');
      for (const field of fields)
        expect({ query, field: new RegExp(`\\b${field}\\b`).exec(writers)?.[0] }).toEqual({ query, field });
    }
  });

  test('ask for metrics that the app has', () => {
    const metrics = queries.flatMap((query) =>
      [...query.matchAll(/Name == 'flowkeeper\.([\w.]+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(metrics.length).toBeGreaterThan(3);
    const telemetry = sources.find((text) => text.includes('createTelemetry(meter')) ?? '';
    for (const name of metrics) expect({ name, known: telemetry.includes(`${name}'`) }).toEqual({ name, known: true });
  });
});
