// One file for all that the compiler is asked, so that it is started once: its start takes longer than all its answers.
import './accepted.cases.ts';
import './app.cases.ts';
import './app-settings.cases.ts';
import './destinations.cases.ts';
import './events.cases.ts';
import './options.cases.ts';
import './queries.cases.ts';
import './rights.cases.ts';
