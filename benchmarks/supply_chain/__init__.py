"""What the program is delivered with: licences of the locked packages, a bill of materials, known vulnerabilities.

    ./run licences                    every package of requirements.lock has a licence that is allowed, and a hash
    ./run sbom [FILE]                 CycloneDX JSON of requirements.lock (default: out/sbom.cdx.json)
    ./run audit                       asks the OSV database for known vulnerabilities, where it can be reached

The rules and the exceptions, each with its reason, are rows of licences.csv.
"""
