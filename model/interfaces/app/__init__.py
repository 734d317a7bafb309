"""The page in the browser, `resonance app`: scenarios and deals for people who write no code."""
