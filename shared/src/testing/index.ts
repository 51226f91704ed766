export * from './scripted-transport.ts';
