import { writeFileSync } from 'node:fs';
import { runbookPage } from './runbook-page.ts';

writeFileSync(new URL('../../docs/runbook.md', import.meta.url), runbookPage());
