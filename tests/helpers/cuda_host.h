// What g++ needs to read kernels.cu as ordinary C++: every CUDA thread is a thread, and a barrier is a real one.
#include <barrier>
#include <cmath>
#include <thread>
#include <utility>
#include <vector>

#define __global__
#define __device__
#define __shared__
#define __launch_bounds__(...)

struct Index {
    unsigned x;
};
static thread_local Index threadIdx, blockIdx;
static Index blockDim, gridDim;
static std::barrier<> *gate;

static void __syncthreads() { gate->arrive_and_wait(); }
static int __clzll(long long a) { return a == 0 ? 64 : __builtin_clzll(a); }

static double __longlong_as_double(long long bits) { return __builtin_bit_cast(double, bits); }

// Nothing a block finds in its shared memory may matter: it starts as not-a-numbers.
static const int SHARED_NUMBERS = 48 * 1024 / 8;
extern double shared_memory[SHARED_NUMBERS];

template <class... A, std::size_t... I>
static void call(void (*kernel)(A...), void **arguments, std::index_sequence<I...>) {
    kernel(*(A *)arguments[I]...);
}

template <class... A> static void run(void (*kernel)(A...), unsigned grid, unsigned block, void **arguments) {
    gridDim = {grid}, blockDim = {block};
    for (unsigned r = 0; r < grid; r++) {
        for (double &a : shared_memory) a = NAN;
        std::barrier<> here(block);
        gate = &here;
        std::vector<std::thread> threads;
        for (unsigned i = 0; i < block; i++)
            threads.emplace_back([=] {
                threadIdx = {i}, blockIdx = {r};
                call(kernel, arguments, std::index_sequence_for<A...>());
            });
        for (auto &thread : threads) thread.join();
    }
}

#include KERNELS

// The loss that a problem brings.
double (*the_loss)(double, double, double, double &);
double loss_of(double u, double y, double a, double &slope) { return the_loss(u, y, a, slope); }

double shared_memory[SHARED_NUMBERS];
extern "C" void launch_advance(unsigned grid, unsigned block, void **a) { run(advance, grid, block, a); }
extern "C" void launch_advance_lanes(unsigned grid, unsigned block, void **a) { run(advance_lanes, grid, block, a); }

// The sizes that the engine has to know.
extern "C" void sizes_of_the_source(long long *out) {
    out[0] = sizeof(Common) / sizeof(double), out[1] = (int)NUMBERS + (int)INDICES, out[2] = (int)AHEAD * COEFFICIENTS;
}
