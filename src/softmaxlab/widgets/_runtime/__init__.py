"""What every widget stands on: the base class, traits, parts of stills, and the JavaScript and CSS that all share."""
