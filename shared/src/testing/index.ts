export * from './scripted-transport.ts';
export * from './make-object.ts';
