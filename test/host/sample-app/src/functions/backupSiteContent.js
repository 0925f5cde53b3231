const { output } = require('@azure/functions');
const df = require('durable-functions');
const fs = require('node:fs/promises');
const path = require('node:path');

const getFileListActivityName = 'getFileList';
const copyFileToBlobActivityName = 'copyFileToBlob';

df.app.orchestration('backupSiteContent', function* (context) {
  const rootDir = context.df.getInput();
  if (!rootDir) throw new Error('A directory path is required as an input.');

  const rootDirAbs = path.resolve(rootDir);
  const files = yield context.df.callActivity(getFileListActivityName, rootDirAbs);

  const tasks = [];
  for (const file of files) {
    const input = { backupPath: path.relative(rootDirAbs, file).replace('\\', '/'), filePath: file };
    tasks.push(context.df.callActivity(copyFileToBlobActivityName, input));
  }

  const results = yield context.df.Task.all(tasks);
  const totalBytes = results ? results.reduce((prev, curr) => prev + curr, 0) : 0;
  return { files: files.length, totalBytes };
});

df.app.activity(getFileListActivityName, {
  handler: async (rootDirectory, context) => {
    context.log(`Searching for files under '${rootDirectory}'...`);
    const entries = await fs.readdir(rootDirectory, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(rootDirectory, entry.name));
  },
});

const blobOutput = output.storageBlob({ path: 'backups/{backupPath}', connection: 'StorageConnString' });

df.app.activity(copyFileToBlobActivityName, {
  extraOutputs: [blobOutput],
  handler: async ({ backupPath, filePath }, context) => {
    const stats = await fs.stat(filePath);
    context.log(`Copying '${filePath}' to 'backups/${backupPath}'. Total bytes = ${stats.size}.`);
    context.extraOutputs.set(blobOutput, await fs.readFile(filePath));
    return stats.size;
  },
});
