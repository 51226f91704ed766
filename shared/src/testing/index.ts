export * from './scripted-transport.ts';
export * from './make-object.ts';
export * from './plain-policies.ts';
export * from './plain-services.ts';
