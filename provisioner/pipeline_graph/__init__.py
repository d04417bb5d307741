"""The pipeline of a manifest as a picture: from senders over DCRs, streams and flows to tables; lineage of columns."""
