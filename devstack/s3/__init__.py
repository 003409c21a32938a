"""Amazon S3 on this machine: moto's server, kept in a file, and the notifications of new objects."""
