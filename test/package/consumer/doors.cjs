// Every door can be required and imported, and both give the same module.

const assert = require('node:assert/strict');
const { exports: doors } = require('rightful/package.json');

async function main() {
  for (const door of Object.keys(doors).filter((name) => name !== './package.json')) {
    const name = `rightful${door.slice(1)}`;
    const required = require(name);
    assert.notEqual(Object.keys(required).length, 0, `${name} exports nothing`);
    assert.equal(required, await import(name), name);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
