"""What all reports share: JUnit XML, tables in text, durations, annotations of pipelines."""
