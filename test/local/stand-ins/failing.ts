console.error('this child has no data to start from');
process.exitCode = 7;
