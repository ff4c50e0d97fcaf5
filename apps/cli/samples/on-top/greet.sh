#!/bin/sh
/app/hello.sh
echo "And hello, ${GREETED}, from the image on top of it."
