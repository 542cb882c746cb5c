"""One tree of processes: started together, each started again when it ends, stopped in order."""
