#!/bin/sh
echo "Hello from an image that Kaniko built."
