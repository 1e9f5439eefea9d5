process.stdout.write(`${process.version} ${process.env['NODE_COMPILE_CACHE']} ${process.argv.slice(2).join(' ')}\n`);
