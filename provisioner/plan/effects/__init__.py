"""What a plan does to rows: the live and the desired transform of each changed flow, run over the author's records."""
