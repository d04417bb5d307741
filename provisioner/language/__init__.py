"""What an editor asks of a project of files in which open buffers stand for what is on disk; it knows no protocol.

Offsets count the characters of one file's text from 0, without its byte order mark.
"""
