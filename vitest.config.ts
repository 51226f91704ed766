import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Much of it waits for processes: both cores are used only by two at a time.
    maxWorkers: 2,
    include: ['*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Conditions are waited for; how long is a matter of the machine.
    expect: { poll: { timeout: 20_000 } },
  },
});
