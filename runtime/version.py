"""The version of this package: metadata of installed packages take too long to read."""

VERSION = "0.1.0"
