// Loaded into an executable by NODE_OPTIONS: its waits between attempts take no time, and its clock goes on as if they had.
const timers = require('node:timers/promises');

const { now } = Date;
let skipped = 0;
Date.now = () => now() + Math.round(skipped);
timers.setTimeout = async (milliseconds) => {
  skipped += milliseconds;
};
