// Stands in for node:http in the bundles: undici speaks HTTP itself, and loads Node's for these two members.
module.exports = { IncomingMessage: class {}, maxHeaderSize: 16384 };
