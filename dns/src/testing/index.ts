export { hostileMessages, isResponse } from './hostile-messages.ts';
