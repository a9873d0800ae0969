"""Templates in Word: checked before they are kept, filled in within walls."""

from core.documents.templating.checking import faults_of
from core.documents.templating.faults import Fault
from core.documents.templating.rendering import CannotFill, render

__all__ = ["CannotFill", "Fault", "faults_of", "render"]
