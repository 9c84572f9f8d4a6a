namespace dpsbench {}
