"""Many charts: found, each distinct one screened once, results kept as they come, tables made of them at the end.

    inputs -> Found (a name and where its bytes are)      inputs, archives, manifest, places
           -> Task (one distinct chart)                   run
           -> Screened, by an engine's workers            engine, screening, local
           -> a small result file for each chart          results
           -> tables and a summary                        tables, summary

Whatever ends a run, the next one on the same folder goes on where it stopped and ends with the same tables.
"""
