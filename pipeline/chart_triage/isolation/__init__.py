"""Work on untrusted bytes, in a child process with limits and without a network. Nothing here knows what a chart is.

`Child` is the parent's side: it starts the process, gives it tasks, watches it and ends it. `serve` is the child's
side, `confinement` what the kernel is asked to forbid it, `watch` what the parent measures, `scratch` the folder for
its temporary files. What a child says is data and never code: see `plain`.
"""

from chart_triage.isolation.child import Child
from chart_triage.isolation.limits import ChildLimits

__all__ = ["Child", "ChildLimits"]
