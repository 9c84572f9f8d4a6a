# Draws docs/scaling.png from what 'dpsbench plan' prints:
#   gnuplot -e "table='scaling.txt'; figure='docs/scaling.png'" bench/scaling.gp
set terminal pngcairo size 900,520 font "DejaVu Sans,12"
set output figure
set logscale x 2
set xtics (8, 16, 32, 64, 128, 256, 512, 1024)
set xrange [7:1200]
set yrange [0.95:*]
set xlabel "ranks"
set ylabel "time until the last rank ends / ideal"
set key top left reverse Left
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror
rows = sprintf("< grep -E '^ +[0-9]+ ' %s", table)
plot rows using 1:4 with linespoints lw 2 pt 4 lc rgb "#b0602a" title "fixed split", \
     rows using 1:6 with linespoints lw 2 dt 2 pt 5 lc rgb "#b0602a" title "fixed split, 10 % of the ranks half as fast", \
     rows using 1:3 with linespoints lw 2 pt 6 lc rgb "#1f5fa8" title "largest first, as run does", \
     rows using 1:5 with linespoints lw 2 dt 2 pt 7 lc rgb "#1f5fa8" title "largest first, 10 % of the ranks half as fast"
