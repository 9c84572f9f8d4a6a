# gnuplot step-size-random-matrix-sigma-0.2.gp draws step-size-random-matrix-sigma-0.2.svg and step-size-random-matrix-sigma-0.2.png
reset
set encoding utf8
set title 'Step size of the guidance: Random matrix, σ_y = 0.2' noenhanced
set xlabel 'time t / T'."\n" noenhanced offset 0,0.3
set ylabel 'step size' noenhanced
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#333333'
set grid lc rgb '#e2e2e2' lt 1 lw 0.6
set key bmargin left horizontal Left reverse noenhanced samplen 1.4
set style fill transparent solid 0.15
set bars small
set samples 2
set logscale y
set format y '%g'
set xrange [] reverse
set terminal svg size 700,420 font 'DejaVu Sans,14' background rgb 'white'
set output 'step-size-random-matrix-sigma-0.2.svg'
plot 'step-size-random-matrix-sigma-0.2.dat' index 0 using 1:3:4 with filledcurves fs transparent solid 0.15 noborder lc rgb '#0072B2' notitle, \
     'step-size-random-matrix-sigma-0.2.dat' index 0 using 1:2 with lines lw 1.6 dt 1 lc rgb '#0072B2' title 'dps [out]'
set terminal pngcairo size 1400,840 font 'DejaVu Sans,14' fontscale 2 linewidth 2 pointscale 2
set output 'step-size-random-matrix-sigma-0.2.png'
replot
unset output
