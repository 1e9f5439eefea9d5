@echo off
rem Slipway from a checkout on Windows: what the file "slipway" does elsewhere.
node "%~dp0tools\launch.mjs" %*
