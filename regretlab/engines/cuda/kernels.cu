// The CUDA kernels: one block of threads makes all steps of a launch for one replicate (`advance`); in one dimension
// with linear losses one thread does (`advance_lanes`).
//
// The functions have the names and the order of `compiled/general.py`, `compiled/bandits.py` and `compiled/trees.py`, which say
// what they compute and why it is right. Threads share the draws, the coordinates or the leaves of a tree; the few sums
// that need an order are made by the first thread. Sums over examples, coordinates and draws are cut into a fixed
// number of strands, so that neither the number of threads nor their timing changes a bit.
//
// Compile without contraction (--fmad=false): the step must round as NumPy does; sums ask for fma where they want it.
// A function that many threads call together ends with a barrier if others read what it wrote.

typedef long long Int;
typedef unsigned long long Word;

enum { CYCLIC, UNIFORM, FLOYD, BANDIT };  // samplers
enum { PROJECTED, DISTINCT, MIXING, TOTAL, FLOOR, RATE, TOP, SCALE, WEIGHT };  // a Rule
enum { MU, NU, BETA, OM, RHO, WD, ETA, KAP, C, POWER, EPS, LOW, HIGH, COEFFICIENTS };
// What the engine fixes: examples, coordinates, batch size, numbers of an example apart from its label, the sampler's code,
// strands of a sum, whether rows are sparse, replicates, numbers of scratch per block, whether the working memory is shared; and of this launch steps and moving coefficients.
enum { N, D, BATCH, BESIDE, SAMPLER, STRANDS, SPARSE, REPLICATES, SCRATCH, SHARED, STEPS, MOVING };
// Rows of K numbers: uniforms, parts of a draw, probabilities, weights; weighted losses and slopes, what the second moment
// adds, gradients' norms and the largest of them; and 2 K weights of a list.
enum { U, SHARE, POINT, P, W, PHI, SLOPE, SPREAD, NORM, LONGEST, FILLED, NUMBERS = FILLED + 2 };
// Rows of K indices: the batch, whether it is an example's first place in it, capped examples, marks, duels won, who is
// inside an interval, who is carried over; and two lists of 2 K: examples at integers, heights that are a leaf's own.
enum { J, FIRST, CAPS, FROZEN, WON, INSIDE, CARRIED, CROSSING, ALONE = CROSSING + 2, INDICES = ALONE + 2 };
enum { DEPTH = 64, AHEAD = 32 };  // room for a path through a tree; steps whose coefficients are fetched together

#define THREAD ((Int)threadIdx.x)
#define EACH(i, begin, end) for (Int i = (begin) + THREAD; i < (end); i += (Int)blockDim.x)

#define INF __longlong_as_double(0x7ff0000000000000LL)
constexpr double SMALLEST = -708.0, LARGEST = 709.0, INFINITE = 600.0, TINY = 1e-200;
constexpr double MOST = 1.0 * (1ull << 50) * (1ull << 50) * (1ull << 50) * (1ull << 50), LEAST = 1.0 / MOST;
constexpr double CERTAIN = 1.0 - 1.0 / (1ull << 44);

// What the threads of a block tell each other, at the front of its shared memory.
struct Common {
    double coefficients[COEFFICIENTS], loss, second_moment, largest_gradient, largest_coordinate, largest;
    Int count, stack[DEPTH];
};

struct Block {
    Int n, d, K, half, strands;
    const double *rule;
    double *own, *tree, *numbers, *parts;
    Int *indices;
    Common *common;

    __device__ double *F(int row) const { return numbers + row * K; }
    __device__ Int *Q(int row) const { return indices + row * K; }
};

extern __shared__ double shared_memory[];

template <class T> __device__ T larger(T a, T b) { return b > a ? b : a; }
template <class T> __device__ T smaller(T a, T b) { return b < a ? b : a; }

// The next uniform of a stream: numpy.random.Generator(SFC64).random().
__device__ double uniform(Word *s) {
    Word out = s[0] + s[1] + s[3];
    s[0] = s[1] ^ (s[1] >> 11);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 24) | (s[2] >> 40)) + out;
    s[3] += 1;
    return (double)(out >> 11) * (1.0 / 9007199254740992.0);
}

__device__ double exps(double z) {
    z = z > SMALLEST ? z : SMALLEST;
    return exp(z < LARGEST ? z : LARGEST);
}

// A leaf from its logarithm.
__device__ double leaf_of(double log_w) { return log_w < INFINITE ? exps(log_w) : INF; }

// ---- trees ----

__device__ void build(const Block &b) {
    for (Int width = b.half / 2; width > 0; width /= 2) {
        EACH(i, width, 2 * width) b.tree[i] = b.tree[2 * i] + b.tree[2 * i + 1];
        __syncthreads();
    }
}

// The parents of the leaves that a row of indices lists. A node on several paths belongs to the first of them.
__device__ void update_parents(const Block &b, int row, Int begin, Int end) {
    const Int *leaves = b.Q(row);
    Int *alone = b.Q(ALONE);
    EACH(k, begin, end) {
        Int height = 64;
        for (Int i = begin; i < k; i++) height = smaller(height, (Int)(64 - __clzll(leaves[k] ^ leaves[i])));
        alone[k] = height;
    }
    for (Int height = 1; b.half >> height; height++) {
        EACH(k, begin, end) if (height < alone[k]) {
            Int i = (b.half + leaves[k]) >> height;
            b.tree[i] = b.tree[2 * i] + b.tree[2 * i + 1];
        }
        __syncthreads();
    }
}

// The first leaf up to which the law a leaf + c sums to more than the target (without ties: to at least it).
__device__ Int descend(const Block &b, double a, double c, bool ties, double &target) {
    Int node = 1;
    double rest = target;
    for (Int span = b.half / 2; span > 0; span /= 2) {
        Int left = 2 * node;
        double mass = a * b.tree[left] + c * (double)span;
        bool right = rest > mass || (ties && rest == mass);
        rest = right ? rest - mass : rest;
        node = left + right;
    }
    target = rest;
    return smaller(node - b.half, b.n - 1);
}

// By one thread: how many leaves are at or above `least`; they go to the capped ones from `begin` as far as `end`.
__device__ Int leaves_at_least(const Block &b, double least, Int begin, Int end) {
    Int count = 0, depth = 1, *stack = b.common->stack;
    stack[0] = 1;
    while (depth > 0) {
        Int i = stack[--depth];
        if (!(b.tree[i] >= least)) continue;
        if (i >= b.half) {
            if (begin + count < end) b.Q(CAPS)[begin + count] = i - b.half;
            count++;
        } else {
            stack[depth++] = 2 * i + 1;
            stack[depth++] = 2 * i;
        }
    }
    return count;
}

// Who wins interval k: someone inside, or who was left over from the intervals before.
__device__ Int winner(const Block &b, Int k) {
    for (; b.Q(CARRIED)[k]; k--) {
        if (k == 0) return 0;
        if (b.Q(WON)[k - 1]) return b.Q(CROSSING)[k - 1];
    }
    return b.Q(INSIDE)[k];
}

__device__ void pivotal(const Block &b, double a, double c) {
    const Int n = b.n, K = b.K;
    double *u = b.F(U), *filled = b.F(FILLED), *point = b.F(POINT), *share = b.F(SHARE);
    Int *crossing = b.Q(CROSSING), *won = b.Q(WON);
    if (n == K) {
        EACH(k, 0, K) b.Q(J)[k] = k;
        __syncthreads();
        return;
    }
    EACH(k, 0, K - 1) {
        double rest = k + 1.0;
        crossing[k] = descend(b, a, c, false, rest);
        filled[k] = (k + 1.0) - rest;
    }
    __syncthreads();
    if (THREAD == 0) {
        for (Int k = 1; k < K - 1; k++) if (crossing[k] <= crossing[k - 1]) {
            crossing[k] += 1;
            filled[k] = k + 1.0;
        }
        crossing[K - 1] = n;
        filled[K - 1] = a * b.tree[1] + c * (double)n;
    }
    __syncthreads();
    EACH(k, 0, K) {
        double held = filled[k] - (double)k, mine = a * b.tree[b.half + smaller(crossing[k], n - 1)] + c;
        mine = mine > CERTAIN ? 1.0 : mine;
        double left = 2 - held - mine, takes = k == K - 1 ? 1.0 : left > 0 ? (1 - mine) / left : 0.0;
        won[k] = u[k] < takes;
        double rest = won[k] ? takes : 1 - takes;
        point[k] = (double)k + held * (u[k] - (won[k] ? 0.0 : takes)) / (rest > 0 ? rest : 1.0);
        share[k] = mine;
    }
    __syncthreads();
    EACH(k, 0, K) {
        Int start = k > 0 ? crossing[k - 1] : -1;
        double past = point[k] - (k > 0 ? filled[k - 1] + share[k - 1] : 0.0);
        Int found = descend(b, a, c, true, point[k]);
        b.Q(INSIDE)[k] = smaller(larger(found, start + 1), crossing[k] - 1);
        b.Q(CARRIED)[k] = past < 0 || crossing[k] - start == 1;
    }
    __syncthreads();
    EACH(k, 0, K) b.Q(J)[k] = won[k] ? winner(b, k) : crossing[k];
    __syncthreads();
}

// ---- laws ----

// The largest of all threads' numbers, for all of them.
__device__ double largest_of(const Block &b, double mine) {
    __syncthreads();
    b.parts[THREAD] = mine;
    __syncthreads();
    double most = b.parts[0];
    for (int i = 1; i < (int)blockDim.x; i++) most = larger(most, b.parts[i]);
    __syncthreads();
    return most;
}

__device__ void build_from_state(const Block &b) {
    double largest = 0.0;
    EACH(j, 0, b.half) {
        double leaf = j >= b.n ? 0.0 : b.rule[PROJECTED] ? b.own[j] : leaf_of(b.own[j]);
        b.tree[b.half + j] = leaf;
        largest = larger(largest, leaf);
    }
    largest = largest_of(b, largest);
    if (THREAD == 0) b.common->largest = largest;
    build(b);
    __syncthreads();
}

__device__ void rescale(const Block &b, Int count) {
    if (b.rule[PROJECTED]) {
        double up = b.tree[1] < LEAST ? 1.0 / LEAST : 1.0 / MOST;
        __syncthreads();
        EACH(j, 0, b.n) b.own[j] = b.tree[b.half + j] * up;
    } else {
        double top = -INF;
        EACH(j, 0, b.n) if (b.own[j] > top) {
            bool capped = false;
            for (Int i = 0; i < count; i++) capped |= b.Q(CAPS)[i] == j;
            top = capped ? top : b.own[j];
        }
        top = largest_of(b, top);
        EACH(j, 0, b.n) b.own[j] -= top;
    }
    __syncthreads();
    build_from_state(b);
}

__device__ Int cap(const Block &b, double &tau) {
    const double share = (1.0 / (double)b.K - b.rule[MIXING] / (double)b.n) / (1 - b.rule[MIXING]);
    Int count = 0;
    while (true) {
        double rest = 1 - (double)count * share, sum = b.tree[1];
        tau = rest > 0 ? share * sum / rest : INF;
        if (!(b.common->largest >= tau && sum > 0 && count < b.K)) return count;
        __syncthreads();
        if (THREAD == 0) {
            Int more = smaller(leaves_at_least(b, tau, count, b.K), b.K - count);
            for (Int i = count; i < count + more; i++) b.tree[b.half + b.Q(CAPS)[i]] = 0.0;
            b.common->count = more;
        }
        __syncthreads();
        Int more = b.common->count;
        if (more == 0) return count;
        update_parents(b, CAPS, count, count + more);
        count += more;
    }
}

// A batch with its probabilities and weights, from the uniforms in F(U).
__device__ void draw(const Block &b) {
    const double *rule = b.rule, n = (double)b.n, K = (double)b.K;
    Int count = 0, *batch = b.Q(J), *caps = b.Q(CAPS);
    double tau = 0.0, a, c = rule[MIXING] * rule[TOTAL] / n;
    bool caps_some = rule[MIXING] < 1 && rule[DISTINCT] && !rule[PROJECTED];
    if (caps_some) count = cap(b, tau);
    if (!(LEAST < b.tree[1] && b.tree[1] < MOST)) {
        __syncthreads();
        rescale(b, count);
        if (caps_some) count = cap(b, tau);
    }
    __syncthreads();
    if (rule[PROJECTED]) {
        a = rule[TOTAL] / b.tree[1];
        c = 0.0;
    } else if (rule[MIXING] >= 1) {
        a = 0.0;
        c = rule[TOTAL] / n;
    } else {
        double share = (1.0 / K - rule[MIXING] / n) / (1 - rule[MIXING]);
        a = rule[TOTAL] * (1 - rule[MIXING]) * (1 - (double)count * share) / b.tree[1];
    }
    __syncthreads();
    if (count > 0) {
        EACH(i, 0, count) b.tree[b.half + caps[i]] = tau;
        __syncthreads();
        update_parents(b, CAPS, 0, count);
    }
    if (rule[DISTINCT]) {
        pivotal(b, a, c);
    } else {
        double everything = a * b.tree[1] + c * n;
        EACH(k, 0, b.K) {
            double target = b.F(U)[k] * everything;
            batch[k] = descend(b, a, c, true, target);
        }
    }
    EACH(k, 0, b.K) {
        double p = a * b.tree[b.half + batch[k]] + c;
        bool frozen = false;
        for (Int i = 0; i < count; i++) frozen |= batch[k] == caps[i];
        b.Q(FROZEN)[k] = frozen;
        b.F(P)[k] = frozen || !(p < 1.0) ? 1.0 : p;
        b.F(W)[k] = rule[WEIGHT] / b.F(P)[k];
    }
    __syncthreads();
    if (count > 0) {
        EACH(i, 0, count) b.tree[b.half + caps[i]] = leaf_of(b.own[caps[i]]);
        __syncthreads();
        update_parents(b, CAPS, 0, count);
    }
}

// Leaves of the batch times F(SHARE), then all leaves projected; the first thread keeps the list.
__device__ void project(const Block &b) {
    double *filled = b.F(FILLED), *leaves = b.tree + b.half;
    Int *listed_at = b.Q(CROSSING), *batch = b.Q(J), room = 2 * b.K;
    if (THREAD == 0) {
        const double total = b.rule[TOTAL], floor = b.rule[FLOOR];
        double fixed = 0.0, others = b.tree[1], largest = b.common->largest, top = 0.0, c;
        Int listed = 0;
        for (Int k = 0; k < b.K; k++) {
            double leaf = leaves[batch[k]];
            if (leaf < 0) {
                filled[(Int)(-leaf) - 1] *= b.F(SHARE)[k];
                continue;
            }
            others -= leaf;
            listed_at[listed] = batch[k];
            filled[listed++] = leaf * b.F(SHARE)[k];
            leaves[batch[k]] = -(double)listed;
        }
        for (Int i = 0; i < listed; i++) filled[i] = larger(filled[i], TINY);
        while (true) {
            double free = larger(others, 0.0), lack = 0.0, excess = 0.0;
            for (Int i = 0; i < listed; i++) free += larger(filled[i], 0.0);
            c = total > fixed && free > 0 ? (total - fixed) / free : 1.0;
            if (b.rule[DISTINCT] && c * largest > 1) {
                Int more = smaller(leaves_at_least(b, 1 / c, 0, b.K), smaller(b.K, room - listed));
                for (Int i = 0; i < more; i++) {
                    double leaf = leaves[b.Q(CAPS)[i]];
                    listed_at[listed] = b.Q(CAPS)[i];
                    filled[listed++] = leaf;
                    others -= leaf;
                    leaves[b.Q(CAPS)[i]] = -(double)listed;
                }
            }
            for (Int i = 0; i < listed; i++) {
                double p = c * filled[i];
                lack += 0 < p && p < floor ? floor - p : 0.0;
                excess += p > 1 ? p - 1 : 0.0;
            }
            if (lack == 0 && excess == 0) break;
            for (Int i = 0; i < listed; i++) {
                double p = c * filled[i];
                if (0 < p && p < floor && lack >= excess) {
                    filled[i] = -floor;
                    fixed += floor;
                } else if (p > 1 && excess >= lack) {
                    filled[i] = -1.0;
                    fixed += 1.0;
                }
            }
        }
        for (Int i = 0; i < listed; i++) {
            double leaf = filled[i] > 0 ? filled[i] : -filled[i] / c;
            leaves[listed_at[i]] = leaf;
            top = larger(top, leaf);
        }
        b.common->largest = larger(listed == 0 || largest * c <= 1 ? largest : 1 / c, top);
        b.common->count = listed;
    }
    __syncthreads();
    update_parents(b, CROSSING, 0, b.common->count);
}

// The weights after the gradient norms of the drawn examples have been seen.
__device__ void observe(const Block &b) {
    double *point = b.F(POINT), *share = b.F(SHARE);
    const Int *batch = b.Q(J);
    EACH(k, 0, b.K) {
        double seen = b.rule[SCALE] * b.F(NORM)[k] / b.F(P)[k];
        point[k] = -b.rule[RATE] * (b.rule[TOP] - seen * seen) / b.F(P)[k];
        share[k] = b.rule[PROJECTED] ? exps(point[k]) : 0.0;
    }
    __syncthreads();
    if (b.rule[PROJECTED]) {
        project(b);
        return;
    }
    EACH(k, 0, b.K) if (b.Q(FIRST)[k]) {
        double log_w = b.own[batch[k]];
        for (Int i = k; i < b.K; i++) if (batch[i] == batch[k] && !b.Q(FROZEN)[i]) log_w += point[i];
        b.own[batch[k]] = log_w;
        b.tree[b.half + batch[k]] = share[k] = leaf_of(log_w);
    }
    __syncthreads();
    if (THREAD == 0) for (Int k = 0; k < b.K; k++) b.common->largest = larger(b.common->largest, share[k]);
    update_parents(b, J, 0, b.K);
    __syncthreads();
}

// ---- the run ----

// A batch from the samplers that learn nothing; without replacement it is Floyd's: an example that has been taken is
// replaced by the newest possible one, and is so itself if that happened to the one whose place it is.
__device__ void ordered(const Block &b, Int sampler, double everyone, Int position) {
    const Int n = b.n, K = b.K;
    Int *batch = b.Q(J), *found = b.Q(INSIDE), *again = b.Q(WON);
    EACH(k, 0, K) {
        if (sampler == CYCLIC) batch[k] = (position + k) % n;
        else if (sampler == UNIFORM) batch[k] = (Int)(b.F(U)[k] * (double)n);
        else found[k] = (Int)(b.F(U)[k] * (double)(n - K + k + 1));
        b.F(W)[k] = 1.0 / (double)K;
        b.F(P)[k] = everyone;
    }
    __syncthreads();
    if (sampler != FLOYD) return;
    EACH(k, 0, K) {
        again[k] = 0;
        for (Int i = 0; i < k; i++) again[k] |= found[i] == found[k];
    }
    __syncthreads();
    EACH(k, 0, K) {
        Int i = k;
        while (!again[i] && found[i] >= n - K && found[i] - (n - K) < i) i = found[i] - (n - K);
        batch[k] = again[i] ? n - K + k : found[k];
    }
    __syncthreads();
}

// phi and its derivative at a score; `a` is an example's number apart from its label. It is the problem's own, and follows.
__device__ double loss_of(double u, double y, double a, double &slope);

// The generic adaptive method on one coordinate: these lines round as NumPy's do.
__device__ void step(const double *k, double g, double &x, double &m, double &v, double &top) {
    m = k[MU] * m + k[NU] * g;
    v = k[BETA] * v + k[OM] * (g * g);
    top = k[RHO] * top;
    top = top > v ? top : v;
    double scale = (k[POWER] == 0.5 ? sqrt(k[C] * top) : k[POWER] == 0.0 ? 1.0 : pow(k[C] * top, k[POWER])) + k[EPS];
    double move = k[ETA] * (m + k[KAP] * g);
    move = move == 0.0 ? move : move / scale;
    x = (1.0 - k[WD]) * x - move;
    x = x < k[LOW] ? k[LOW] : x;
    x = x > k[HIGH] ? k[HIGH] : x;
}

// What a kernel is given: arrays in the order of the compiled engine's.
#define ARGUMENTS                                                                                                      \
    const Int *sizes, double per_draw, double everyone, const double *rule, const double *Z, const double *values,     \
    const Int *starts, const Int *columns, const double *y, const double *lengths, const double *constant,             \
    const Int *moving, const double *rows, double *scratch, double *x, double *m, double *v, double *v_hat,            \
    Word *words, Int *position, double *own, double *loss, double *received, double *squared_gradient,                 \
    double *second_moment, double *largest_coordinate, double *largest_gradient, double *largest_example_gradient,     \
    double *smallest_x, double *largest_x

// One block of threads per replicate; a block takes several, one after the other, if there are fewer blocks. Registers
// are held down so that eight blocks of 128 threads share a multiprocessor: while one waits, another works.
extern "C" __global__ void __launch_bounds__(128, 8) advance(ARGUMENTS) {
    const Int n = sizes[N], d = sizes[D], K = sizes[BATCH], sampler = sizes[SAMPLER], strands = sizes[STRANDS];
    const bool bandit = sampler == BANDIT, sparse = sizes[SPARSE];
    Block b;
    b.n = n, b.d = d, b.K = K, b.strands = strands, b.rule = rule, b.common = (Common *)shared_memory;
    for (b.half = 1; b.half < n && bandit; b.half *= 2) {}
    // Scratch: the gradient, the tree, and unless the shared memory has room, the rows.
    double *g = scratch + blockIdx.x * sizes[SCRATCH];
    b.tree = g + d;
    double *work = sizes[SHARED] ? shared_memory + sizeof(Common) / sizeof(double) : b.tree + (bandit ? 2 * b.half : 0);
    b.numbers = work, b.indices = (Int *)(work + NUMBERS * K), b.parts = work + NUMBERS * K + INDICES * K;
    double *k = b.common->coefficients, *parts = b.parts;
    Int *batch = b.Q(J);

    for (Int r = blockIdx.x; r < sizes[REPLICATES]; r += gridDim.x) {
        // The last thread draws the next step's uniforms while the others are at the scores.
        const bool draws = THREAD == (Int)blockDim.x - 1 && sampler != CYCLIC;
        Word stream[4];
        Common &common = *b.common;
        Int at = sampler == CYCLIC ? position[r] : 0;
        b.own = own + (bandit ? r * n : 0);
        for (int i = 0; i < 4; i++) stream[i] = words[4 * r + i];
        EACH(i, 0, COEFFICIENTS) k[i] = constant[i];
        EACH(i, 0, K) b.F(LONGEST)[i] = 0.0;
        if (draws && sizes[STEPS] > 0) for (Int i = 0; i < K; i++) b.F(U)[i] = uniform(stream);
        if (THREAD == 0) {
            common.loss = loss[r], common.second_moment = second_moment[r];
            common.largest_gradient = largest_gradient[r], common.largest_coordinate = largest_coordinate[r];
        }
        __syncthreads();
        if (bandit) build_from_state(b);

        for (Int s = 0; s < sizes[STEPS]; s++) {
            EACH(i, 0, sizes[MOVING]) k[moving[i]] = rows[i * sizes[STEPS] + s];
            if (bandit) draw(b);
            else ordered(b, sampler, everyone, at);
            at = (at + K) % n;
            EACH(i, 0, K) {
                Int first = 1;
                for (Int e = 0; e < i; e++) first &= batch[e] != batch[i];
                b.Q(FIRST)[i] = first;
            }
            EACH(item, 0, K * strands) {
                Int j = batch[item / strands], strand = item % strands;
                double total = 0.0;
                if (sparse)
                    for (Int q = starts[j] + strand; q < starts[j + 1]; q += strands)
                        total = fma(values[q], x[r * d + columns[q]], total);
                else
                    for (Int i = strand; i < d; i += strands) total = fma(Z[j * d + i], x[r * d + i], total);
                parts[item] = total;
            }
            if (draws && s + 1 < sizes[STEPS]) for (Int i = 0; i < K; i++) b.F(U)[i] = uniform(stream);
            __syncthreads();

            EACH(i, 0, K) {
                double score = parts[i * strands], w = b.F(W)[i], p = b.F(P)[i], slope;
                for (Int strand = 1; strand < strands; strand++) score += parts[i * strands + strand];
                double beside = sizes[BESIDE] ? y[n + batch[i]] : 0.0;
                b.F(PHI)[i] = w * loss_of(score, y[batch[i]], beside, slope);
                b.F(SLOPE)[i] = w * slope;
                double norm = fabs(slope) * lengths[batch[i]];
                b.F(NORM)[i] = norm;
                b.F(LONGEST)[i] = norm > b.F(LONGEST)[i] ? norm : b.F(LONGEST)[i];
                b.F(SPREAD)[i] = (norm * norm) / (p * p);
                if (b.Q(FIRST)[i])
                    for (Int e = i; e < K; e++) if (batch[e] == batch[i]) received[r * n + batch[i]] += b.F(W)[e];
            }
            __syncthreads();

            if (sparse) {
                EACH(i, 0, d) g[i] = 0.0;
                for (Int e = 0; e < K; e++) {  // one row after the other, whose columns differ
                    __syncthreads();
                    EACH(q, starts[batch[e]], starts[batch[e] + 1])
                        g[columns[q]] = fma(b.F(SLOPE)[e], values[q], g[columns[q]]);
                }
                __syncthreads();
            }
            EACH(i, 0, d) {
                Int o = r * d + i;
                double total = sparse ? g[i] : 0.0, now = x[o];
                if (!sparse) for (Int e = 0; e < K; e++) total = fma(b.F(SLOPE)[e], Z[batch[e] * d + i], total);
                g[i] = total;
                squared_gradient[o] += total * total;
                smallest_x[o] = now < smallest_x[o] ? now : smallest_x[o];
                largest_x[o] = now > largest_x[o] ? now : largest_x[o];
                step(k, total, x[o], m[o], v[o], v_hat[o]);
            }
            __syncthreads();

            EACH(strand, 0, strands) {
                double now = 0.0, spread = 0.0, squares = 0.0, size = 0.0;
                for (Int i = strand; i < K; i += strands) now += b.F(PHI)[i], spread += b.F(SPREAD)[i];
                for (Int i = strand; i < d; i += strands) {
                    squares = fma(g[i], g[i], squares);
                    size = larger(size, fabs(g[i]));
                }
                parts[strand] = now, parts[strands + strand] = spread;
                parts[2 * strands + strand] = squares, parts[3 * strands + strand] = size;
            }
            __syncthreads();
            if (THREAD == 0) {
                double now = 0.0, spread = 0.0, squares = 0.0;
                for (Int i = 0; i < strands; i++) {
                    now += parts[i], spread += parts[strands + i], squares += parts[2 * strands + i];
                    common.largest_coordinate = larger(common.largest_coordinate, parts[3 * strands + i]);
                }
                common.loss += now, common.second_moment += per_draw * spread;
                common.largest_gradient = larger(common.largest_gradient, sqrt(squares));
            }
            if (bandit) observe(b);
        }

        __syncthreads();
        if (bandit && rule[PROJECTED]) EACH(j, 0, n) b.own[j] = b.tree[b.half + j];
        if (draws) for (int i = 0; i < 4; i++) words[4 * r + i] = stream[i];
        if (THREAD == 0) {
            if (sampler == CYCLIC) position[r] = at;
            loss[r] = common.loss, second_moment[r] = common.second_moment;
            largest_gradient[r] = common.largest_gradient, largest_coordinate[r] = common.largest_coordinate;
            for (Int i = 0; i < K; i++)
                largest_example_gradient[r] = larger(largest_example_gradient[r], b.F(LONGEST)[i]);
        }
        __syncthreads();
    }
}

// As `advance` for linear losses with d = K = 1: one thread per replicate, and the step's coefficients of the next few
// steps in shared memory.
extern "C" __global__ void advance_lanes(ARGUMENTS) {
    const Int n = sizes[N], steps = sizes[STEPS], sampler = sizes[SAMPLER], r = (Int)blockIdx.x * blockDim.x + THREAD;
    const bool alive = r < sizes[REPLICATES];
    Word stream[4];
    double now = 0, m1 = 0, v1 = 0, top = 0, squares = 0, low = 0, high = 0, value = 0, moment = 0, size = 0;
    Int at = 0;
    if (alive) {
        now = x[r], m1 = m[r], v1 = v[r], top = v_hat[r], squares = squared_gradient[r], low = smallest_x[r];
        high = largest_x[r], value = loss[r], moment = second_moment[r], size = largest_gradient[r];
        at = sampler == CYCLIC ? position[r] : 0;
        for (int i = 0; i < 4; i++) stream[i] = words[4 * r + i];
    }
    for (Int first = 0; first < steps; first += AHEAD) {
        const Int count = smaller((Int)AHEAD, steps - first);
        __syncthreads();
        EACH(e, 0, count * COEFFICIENTS) shared_memory[e] = constant[e % COEFFICIENTS];
        __syncthreads();
        EACH(e, 0, count * sizes[MOVING])
            shared_memory[e % count * COEFFICIENTS + moving[e / count]] = rows[e / count * steps + first + e % count];
        __syncthreads();
        for (Int s = 0; alive && s < count; s++) {
            Int j = sampler == CYCLIC ? at : (Int)(uniform(stream) * (double)n);
            double g = Z[j], length = fabs(g);
            at = at + 1 < n ? at + 1 : 0;
            received[r * n + j] += 1.0;
            value += g * now;
            squares += g * g;
            moment += per_draw * (g * g / (everyone * everyone));
            size = length > size ? length : size;
            low = now < low ? now : low;
            high = now > high ? now : high;
            step(shared_memory + s * COEFFICIENTS, g, now, m1, v1, top);
        }
    }
    if (!alive) return;
    x[r] = now, m[r] = m1, v[r] = v1, v_hat[r] = top, squared_gradient[r] = squares, smallest_x[r] = low;
    largest_x[r] = high, loss[r] = value, second_moment[r] = moment;
    largest_gradient[r] = largest_coordinate[r] = largest_example_gradient[r] = size;
    if (sampler == CYCLIC) position[r] = at;
    else
        for (int i = 0; i < 4; i++) words[4 * r + i] = stream[i];
}
