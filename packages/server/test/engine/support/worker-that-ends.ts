// ends its thread while it is being imported: before Piscina counts it as ready
process.exit(9);
