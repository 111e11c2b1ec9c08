/** Thrown by a peer that cannot do a case here; the run goes on and says so. */
export class Skip extends Error {}
