"""A strict subset of S3 for one machine: does as S3 does, or refuses with 501.

Doubles that accept any signature, size or checksum prove nothing about the upload rules the portal relies on,
so this one verifies all of them: signatures in headers and in URLs, expiry, signed lengths and types,
checksums while the bytes stream, write-once by `If-None-Match: *`. Objects survive a restart and a power cut.

`faults` the errors · `signatures` who asks · `bodies` what is sent · `shelf` files and index · `listing` and
`application` the HTTP face · `__main__` the process.
"""
