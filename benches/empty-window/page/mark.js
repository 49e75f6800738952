// Two frames later the heading is on the screen.
requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("painted")));
