/** The index entry under which the flow logs of a target (network, subnet, network interface) are found. */
export function targetReference(targetResourceId: string): string {
  return `flow log of ${targetResourceId}`;
}

/** The virtual network that a target is or lies in; the target itself for anything else. */
export function networkOfTarget(targetResourceId: string): string {
  return targetResourceId.replace(/\/subnets\/[^/]+$/i, '');
}
