/** Names that modules of translated code import under. */
export const IMPORTS = { module: 'e', memory: 'm', table: 't', servant: 's' } as const;
