import { armAnswers } from '../../shared/azure/arm-error-table.ts';
import { runbookOf } from '../../shared/problem.ts';
import { sections, type Told } from './runbook-entries.ts';

/** Who that is, as the page says it. */
export const people: Readonly<Record<Told['actor'], string>> = {
  wait: 'Nobody: it passes, as a rule',
  owner: 'The owner of the resource or of its subscription',
  operator: 'The operator of Flowkeeper',
  developer: 'The developers of Flowkeeper',
};

const head = `# Runbook

<!-- Written by \`npm run docs\` from shared/runbook and the tables of codes. Change those, not this file. -->

A problem of Flowkeeper has a code: in \`GET /api/networks\`, in the progress of a remediation, in the log. Each code is told of here, and
the field \`runbook\` of a problem leads to its place. The field \`message\` has the particulars.

The commands need the Azure CLI, and these:

\`\`\`sh
eval "$(azd env get-values | sed 's/^/export /')"
key=$(az functionapp keys list --resource-group $AZURE_RESOURCE_GROUP --name \${FLOWKEEPER_FUNCTION_APP_ID##*/} --query functionKeys.default --output tsv)
api=https://$FLOWKEEPER_HOST_NAME/api
insights=$(az resource list --resource-group $AZURE_RESOURCE_GROUP --resource-type Microsoft.Insights/components --query '[0].id' --output tsv)
\`\`\`

\`<resourceId>\` is the \`resourceId\` of the problem. Whatever was parked is tried again by itself; a new policy or a request comes before that:

\`\`\`sh
curl --fail-with-body -X POST "$api/remediations" -H "x-functions-key: $key" -H 'content-type: application/json' -d '{"networks":["<networkId>"]}'
\`\`\`
`;

/** The whole file `docs/runbook.md`: the same text for the same tables. */
export function runbookPage(): string {
  const told = sections.flatMap(({ entries }) => entries);
  const parts = sections.map(({ title, about, entries }) =>
    [`## ${title}\n`, `${about}\n`, ...entries.map(entryText)].join('\n'),
  );
  return [head, '## Who acts\n', whoActs(told), ...parts, noProblems()].join('\n');
}

const means = { alreadyDone: 'what was wanted is so already', gone: 'it is not there' };

/** Refusals that answer the question that was asked. */
function noProblems(): string {
  const rows = Object.entries(armAnswers).map(([code, answer]) => `| ${code} | ${means[answer]} |`);
  const about =
    'To whoever asks for just that, these say how things are; they lead to no problem and are not repeated.';
  return ['## Answers that are no problems\n', `${about}\n`, '| code | means |', '|---|---|', ...rows, ''].join('\n');
}

function whoActs(told: readonly Told[]): string {
  const rows = Object.entries(people).map(([actor, person]) => {
    const codes = told.filter((entry) => entry.actor === actor).map(({ code }) => `[${code}](${anchorOf(code)})`);
    return `| ${person} | ${codes.join(', ')} |`;
  });
  return ['| who | codes |', '|---|---|', ...rows, ''].join('\n');
}

function anchorOf(code: string): string {
  const path = runbookOf(code);
  return path.slice(path.indexOf('#'));
}

function entryText({ code, actor, happened, why, meanwhile, mend, command }: Told): string {
  return `### ${code}

${happened}

- **Why, as a rule:** ${why}
- **Who acts:** ${people[actor]}.
- **Flowkeeper meanwhile:** ${meanwhile}
- **What to do:** ${mend}

\`\`\`sh
${command}
\`\`\`
`;
}
