"""The command line: a thin shell on `provisioner.project`."""
