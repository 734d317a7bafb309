"""Bargaining between platforms and labels: who signs, on what terms, and when talks break. Pure functions of arrays.

Sides are always in the order (platform, label), and a bargaining weight is the label's unless a line says otherwise.
"""
