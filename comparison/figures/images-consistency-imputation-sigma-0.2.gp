# gnuplot images-consistency-imputation-sigma-0.2.gp draws images-consistency-imputation-sigma-0.2.svg and images-consistency-imputation-sigma-0.2.png
reset
set encoding utf8
set title 'Residual → 1: Imputation, σ_y = 0.2' noenhanced
set xlabel 'dps, in NumPy (imported) [in-dps]'."\n" noenhanced offset 0,0.3
set ylabel 'dps [out]' noenhanced
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#333333'
set grid lc rgb '#e2e2e2' lt 1 lw 0.6
set key bmargin left horizontal Left reverse noenhanced samplen 1.4
set style fill transparent solid 0.15
set bars small
set samples 2
set offsets graph 0.05, graph 0.05, graph 0.05, graph 0.05
unset key
set terminal svg size 700,420 font 'DejaVu Sans,14' background rgb 'white'
set output 'images-consistency-imputation-sigma-0.2.svg'
plot x with lines lw 1 dt 2 lc rgb '#999999' notitle, \
     'images-consistency-imputation-sigma-0.2.dat' index 0 using 1:2 with points pt 7 ps 0.7 lc rgb '#0072B2' title 'images'
set terminal pngcairo size 1400,840 font 'DejaVu Sans,14' fontscale 2 linewidth 2 pointscale 2
set output 'images-consistency-imputation-sigma-0.2.png'
replot
unset output
