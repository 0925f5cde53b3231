import { nameOf } from '../../../shared/resource-id.ts';
import type { AppLine } from './narrator.ts';

/** What a line says that is about no single network or storage account; undefined when it is no news. */
export function narrateGeneral(line: AppLine): { readonly subject: string; readonly text: string } | undefined {
  switch (line.msg) {
    case 'policy accepted':
      return { subject: 'policy', text: `accepted, mode ${line.mode ?? 'unknown'}` };
    case 'policy weighed': {
      const { networks = 0, approveAbove = 0 } = line;
      if (networks <= approveAbove) return undefined;
      return { subject: 'policy', text: `waits for approval: it would change ${vnets(networks)} that are compliant` };
    }
    case 'policy approved':
      return { subject: 'policy', text: 'approved' };
    case 'changes paused: too many have failed':
      return { subject: 'estate', text: 'nothing is changed for a while: too many changes have failed' };
    case 'remediation accepted':
      return { subject: 'a person', text: `asks for ${vnets(line.count ?? 0)}` };
    case 'sweep finished':
      return line.selected
        ? { subject: 'estate', text: `looked over: ${vnets(line.selected)} to look at more closely` }
        : undefined;
    case 'work accepted':
      return line.targetKind === 'flowLog'
        ? { subject: 'flow log', text: `event received (${nameOf(line.targetId ?? '')})` }
        : undefined;
    default:
      return undefined;
  }
}

function vnets(count: number): string {
  return count === 1 ? '1 VNet' : `${count} VNets`;
}
