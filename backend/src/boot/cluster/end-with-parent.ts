// Loaded before the main of a process of the cluster: it ends in order when the cluster was killed.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
