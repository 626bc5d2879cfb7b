// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var We=require("node:worker_threads");var $e=require("node:zlib"),Ae=require("node:timers/promises")\
;function M(t){return t.split(\`
\`).map(Ue).join(\`
\`)}function Ue(t){return t.replace(/[\\p{C}\\p{Zl}\\p\
{Zp}]/gu,e=>D(e.charAt(0))+(e.length>1?D(e.charAt(1)):""))}function D(t){return\`\\\\u\${t.charCodeAt(0).\
toString(16).padStart(4,"0")}\`}var d=class extends Error{name="KeepfitError";code;constructor(e,r,n)\
{super(\`\${e}: \${M(r)}\`,n),this.code=e}};function g(t){return t instanceof Error&&t.name==="KeepfitErro\
r"&&"code"in t}var j=2147483648,He=8388608;function B(t){let e=j,r=He;for(let n=t;n>0;n=Math.floor(n\
/2))n%2===1&&(e=C(e,r)),r=C(r,r);return(n,o)=>(C(e,n)^o)>>>0}function C(t,e){let r=0;for(let n=j;n!=\
=0;n>>>=1)t&n&&(r^=e),e=e&1?e>>>1^De:e>>>1;return r}var De=3988292384;var b=class{#n;#o;#e;#r=0;#t;c\
onstructor(e,r){this.#n=e,this.#o=r,this.#e=new DataView(new ArrayBuffer(4*e.length)),this.#t=e[0]??\
0}add(e){for(let r=0;r<e.byteLength;){for(;this.#t===0;)this.#t=this.#n[++this.#r]??1/0;if(this.#t==\
=1/0)return;let n=Math.min(r+this.#t,e.byteLength),o=4*this.#r,i=this.#e.getUint32(o,!0);this.#e.set\
Uint32(o,this.#o(e.subarray(r,n),i),!0),this.#t-=n-r,r=n}}joinAll(){let e=this.#n.reduce((r,n,o)=>B(\
n)(r,this.#e.getUint32(4*o,!0)),0);return this.#o(this.toBytes(),e)}toBytes(){return new Uint8Array(\
this.#e.buffer)}};function V(){let t=Promise.resolve();return{run:e=>{let r=t.then(e,e);return t=r.c\
atch(()=>{}),r}}}var x=require("node:path");var G={fsStore:"folder",fileSink:"path"},Me={ENOSPC:"the\
 disk is full",EDQUOT:"the disk quota is used up"},je=[-122,-69];function Y(t,e){let r=m(t),n=\`could\
 not \${e.action} \${e.path} (\${r===""?String(t):r})\`,o=Me[r];if(o!==void 0){let i=e.byteLength===void 0?\
"":\`, and \${e.byteLength} bytes must fit into \${(0,x.dirname)(e.path)}\`,s=\`\${n}: \${o}\${i}; free some room\
, or \${F(e)}\`;return new d("KEEPFIT_STORE_FULL",s,{cause:t})}return new d("KEEPFIT_STORE_FAILED",\`\${n}\
: \${Be(r,e)}\`,{cause:t})}function m(t){let e=g(t)?t.cause:t,{code:r,errno:n}=e??{};return je.includes\
(n)?"EDQUOT":typeof r=="string"?r:""}async function p(t){try{return await t()}catch(e){if(m(e)==="EN\
OENT")return;throw e}}function Be(t,e){let{owner:r,path:n}=e,o=G[r];switch(t){case"EACCES":case"EPER\
M":return\`this user may not; let it read and write in \${(0,x.dirname)(n)}, or \${F(e)}\`;case"ERR_ACCESS\
_DENIED":return"Node's permission model forbids it; use --allow-fs-write, or on Node 26, which forbi\
ds fsync, no --permission";case"EROFS":return\`the file system is read-only; give \${r} a \${o} that can \
be written\`;case"EEXIST":return\`something else has this name; move it away, or \${F(e)}\`;case"ENAMETOO\
LONG":return\`this path, or a name in it, is longer than the file system allows; give \${r} a shorter \${\
o}\`;case"ENOTCONN":case"ESTALE":case"ENODEV":case"ENXIO":case"EHOSTDOWN":return"the drive was discon\
nected; connect it again, then run the training again";case"EIO":return\`the disk or the drive report\
s an error; check it, or \${F(e)}\`;case"ENOTDIR":return\`a part of this path is a file; give \${r} a path\
 made of folders\`;case"EISDIR":return\`a folder has this name; move it away, or \${F(e)}\`;case"ELOOP":r\
eturn"a symbolic link has this name and cannot be followed; remove it";case"EFBIG":return\`the file s\
ystem, or ulimit -f, takes no file of this size; give \${r} a \${o} on another one\`;case"ENOENT":return"\
this file, or a folder above it, was deleted or moved away; let nothing else move or clean up there,\
 then run again";case"EMFILE":case"ENFILE":return"too many files are open; raise the limit (ulimit -\
n)";default:return\`see the cause, or \${F(e)}\`}}function F({owner:t}){return\`give \${t} another \${G[t]}\`}\
var q={open:"open",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the folder",rename:"ren\
ame",link:"link",unlink:"delete",readlink:"follow the symbolic link"},Q={read:"read",write:"write",t\
runcate:"cut",stat:"look at",sync:"sync",close:"close"},Ve=new Set(["rename","link"]);function L(t,e\
,r={}){let n=z(t,q,(o,i)=>({owner:e,action:o==="open"?Ge(t.constants,Number(i[1])):q[o],path:String(\
Ve.has(o)?i[1]:i[0]),...r}));return{...n,constants:t.constants,open:async(o,i,s)=>z(await n.open(o,i\
,s),Q,a=>({owner:e,action:Q[a],path:o,...r})),for:o=>L(t,e,{...r,...o})}}function Ge(t,e){let{O_WRON\
LY:r,O_RDWR:n=0,O_EXCL:o=0}=t;return(e&o)!==0?"make":(e&(r|n))===0?"read":"open"}function z(t,e,r){l\
et n=t,o=Object.keys(e).map(i=>[i,async(...s)=>{try{return await Reflect.apply(n[i],t,s)}catch(a){th\
row g(a)?a:Y(a,r(i,s))}}]);return Object.fromEntries(o)}var Dt=16*1024*1024;function J(t,e,r){return\
{...t,fs:L(e,"fsStore"),host:r,commits:V()}}var X=require("node:crypto"),P=require("node:path");var \
Ye=".safetensors",qe="[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";function Z(t){return new RegExp(\`\
^\${qe}$\`).test(t)}function y(t,e){return(0,P.join)(t,\`\${e}\${Ye}\`)}function S(t,e){return(0,P.join)(t,\`.\
\${e}.lock\`)}function ee(t,e,r){return\`\${S(t,e)}.\${r}\`}function te(t,e){return(0,P.join)(t,\`.\${e}.\${(0,X.r\
andomUUID)()}.tmp\`)}var h=require("node:path");async function T({fs:t,host:e},r){if(e.isWindows)retu\
rn;let n=await t.for({action:"sync the folder"}).open(r,t.constants.O_RDONLY);try{await n.sync()}cat\
ch(o){if(m(o)!=="EINVAL")throw o}finally{await n.close()}}var Qe=new Set(["EACCES","EPERM"]);async f\
unction re(t){let e=await O(t,t.path);if(e&&t.isPrepared)return!1;let r=await $(t,t.path,e);return t\
.isPrepared=!0,r}async function $(t,e,r){let n=(0,h.dirname)(e);if(r)return await Je(t,e),!1;await $\
(t,n,await O(t,n));let o=!0;try{await t.fs.mkdir(e,{mode:448})}catch(i){if(m(i)!=="EEXIST")throw i;o\
=!await O(t,e)&&await ze(t,e)}return o&&await t.held?.placeAgain(e),await T(t,n),o}async function ze\
(t,e){let r=await t.fs.readlink?.(e).catch(()=>{});if(r===void 0){let o=\`\${e} is a symbolic link to a\
 folder that is missing; make that folder\`;throw new d("KEEPFIT_STORE_FAILED",o)}let n=(0,h.isAbsolu\
te)(r)?r:\`\${(0,h.dirname)(e)}\${h.sep}\${r}\`;return $(t,n,await O(t,n))}async function O({fs:t,...e},r=e.\
path){let n=t.for({action:"look at the folder"}),o=await p(()=>n.stat(r,{bigint:!0}));if(o===void 0)\
return!1;if(o.isDirectory())return!0;throw new d("KEEPFIT_STORE_FAILED",\`\${r} is a file, but fsStore \
needs a folder there; give fsStore the path of a folder\`)}async function Je(t,e){if((0,h.dirname)(e)\
!==e)try{await T(t,(0,h.dirname)(e))}catch(r){if(!Qe.has(m(r)))throw r}}async function ne(t,e){let{O\
_WRONLY:r,O_CREAT:n,O_EXCL:o,O_NOFOLLOW:i=0}=t.constants,s=await t.open(e,r|n|o|i,384);return{path:e\
,handle:s,isOpen:!0}}async function A(t){t.isOpen=!1,await t.handle.close()}async function oe(t,e){e\
.isOpen&&await A(e).catch(()=>{}),await t.unlink(e.path).catch(()=>{})}var Xe=new Set(["EPERM","EACC\
ES","EBUSY"]),Ze=500,et=1e4;async function ie(t,e,r=async()=>{}){for(let n=0,o=10;;n+=o,o=Math.min(2\
*o,Ze)){await r();try{return await e()}catch(i){if(!t.isWindows||!Xe.has(m(i))||n>=et)throw i}await \
t.pause(o)}}async function se(t,e,r,n){for(let o=0;o<e.length;){let i=Math.min(e.length-o,1073741824\
),{bytesWritten:s}=await t.write(e,o,i,r+o);if(!(s>0&&s<=i))throw n(i,s);o+=s}}function ae(t,e,r){le\
t n="Nothing was changed";if(!r){let i=\`the lock file \${t} of this training was deleted, so another t\
rainer may have finished the run meanwhile. \${n}. Start this training again, and let nothing else del\
ete files in that folder\`,s=Object.assign(new Error("the lock file is missing"),{code:"ENOENT",path:\
t});return new d("KEEPFIT_STORE_CONFLICT",i,{cause:s})}let o=e===void 0?"does not say any more that \
this training holds it":\`names process \${e.pid} on host \${e.host} since \${e.since} instead of this trai\
ning\`;return new d("KEEPFIT_STORE_CONFLICT",\`the lock file \${t} \${o}: it was deleted or replaced, and \
another trainer may write now. \${n}. Stop one of the two, or give each its own folder or name\`)}var c\
e=2**21,tt=4;async function de(t,e,r,n){let{O_RDONLY:o,O_NOFOLLOW:i=0,O_NONBLOCK:s=0}=t.constants,a=\
await p(()=>t.open(e,o|i|s));if(a!==void 0)try{let f=await a.stat({bigint:!0});if(!f.isFile())throw \
new d("KEEPFIT_STORE_FAILED",\`\${e} is no regular file; move it away\`);let u=await ue(a,e,nt(e,f.size,\
r),n),l=await a.stat({bigint:!0});if(l.size!==f.size||l.mtimeNs!==f.mtimeNs&&!await rt(a,e,u))throw \
fe(e,f.size,l.size);return{bytes:u,stats:l}}finally{await a.close().catch(()=>{})}}async function rt\
(t,e,r){let n=await ue(t,e,new Uint8Array(r.length));return Buffer.compare(r,n)===0}function nt(t,e,\
r){try{if(e<=BigInt(r))return new Uint8Array(Number(e))}catch(o){throw new d("KEEPFIT_STORE_FAILED",\
\`no memory for the \${e} bytes of \${t}; free some\`,{cause:o})}let n=\`\${t} has \${e} bytes, more than the \${\
r} that can be read here; check the file, or use a newer Node\`;throw new d("KEEPFIT_STORE_FAILED",n)\
}async function ue(t,e,r,n=()=>{}){let o=0,i=new Map,s=0,a=async()=>{for(;o<r.length;){let u=o;o+=ce\
;let l=Math.min(u+ce,r.length);await ot(t,e,r,u,l),i.set(u,l);for(let k=i.get(s);k!==void 0;k=i.get(\
s))n(r.subarray(s,k)),s=k}},f=await Promise.allSettled(Array.from({length:tt},a));for(let u of f)if(\
u.status==="rejected")throw u.reason;return r}async function ot(t,e,r,n,o){for(let i=n;i<o;){let{byt\
esRead:s}=await t.read(r,i,o-i,i);if(!(s>0))throw fe(e,BigInt(r.length),BigInt(i));i+=s}}function fe\
(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`\${t} was changed while it was read (\${e} bytes at first, \
then \${r}): something other than keepfit writes into it; stop that and try again\`)}function le(t){try\
{let e=JSON.parse(new TextDecoder().decode(t)),{host:r,pid:n,uuid:o,since:i}=e;return typeof r!="str\
ing"||typeof o!="string"||typeof i!="string"||!Z(o)||typeof n!="number"||!Number.isSafeInteger(n)||n\
<1||e.bootId===void 0||e.startTime===void 0?void 0:{host:r,bootId:E(e.bootId),pidNamespace:E(e.pidNa\
mespace),pid:n,startTime:E(e.startTime),machine:E(e.machine),threadId:me(e.threadId),thread:it(e.thr\
ead),uuid:o,since:i,socket:E(e.socket),socketDevice:E(e.socketDevice)}}catch{return}}function E(t){i\
f(t!=null){if(typeof t=="string")return t;throw new TypeError("not a text")}}function me(t){if(t!=nu\
ll){if(typeof t=="number"&&Number.isSafeInteger(t)&&t>=0)return t;throw new TypeError("not a number"\
)}}function it(t){if(t==null)return;let{tid:e,startTime:r}=t,n=me(e);if(n===void 0)throw new TypeErr\
or("not a thread");return{tid:n,startTime:E(r)}}var st=65536;async function at({folder:t},e){let r=a\
wait de(t.fs,e,st);return r&&{path:e,holder:le(r.bytes)}}async function pe(t){let{folder:e,key:r}=t,\
n=[],o=S(e.path,r);for(;;){let i=await ct(t,o)?await at(t,o):void 0;if(i===void 0)return n;let s=n.s\
ome(({holder:a})=>a?.uuid===i.holder?.uuid);if(n.push(s?{path:o,holder:void 0}:i),i.holder===void 0|\
|s)return n;o=ee(e.path,r,i.holder.uuid)}}async function ct({folder:t},e){let r=t.fs.for({action:"re\
ad"});return await p(()=>r.lstat(e,{bigint:!0}))!==void 0}async function he(t,e,r){let n=(await pe({\
folder:t,key:e})).at(-1);if(n?.holder?.uuid!==r)throw ae(S(t.path,e),n?.holder,n!==void 0)}var ye=re\
quire("node:crypto"),ge=require("node:zlib"),_=16*1024,w=class{#n;#o=(0,ye.createHash)("sha256");#e;\
#r=0;#t=0;constructor(e,r){this.#n=e,this.#e=r}add(e){this.#e===void 0&&(this.#r=(0,ge.crc32)(e,this\
.#r));for(let[r,n]of N(this.#n)){let o=Math.max(r-this.#t,0),i=Math.min(n-this.#t,e.length);o<i&&thi\
s.#o.update(e.subarray(o,i))}this.#t+=e.length}skipTo(e){this.#t=e}formatEdges(){return\`\${this.#n}-\${t\
his.#o.copy().digest("hex").slice(0,32)}-\`}formatVersion(){let e=this.#e?.()??this.#r;return this.fo\
rmatEdges()+e.toString(16).padStart(8,"0")}};function N(t){return t<=2*_?[[0,t]]:[[0,_],[t-_,t]]}fun\
ction Ee(t,e){return t.startsWith(\`\${e}-\`)}var R="the old checkpoint stays";function W(t,e,r,n){let o\
=r===null?"no checkpoint":"the one that was last read or stored here",[i,s]=n===void 0?["it is gone"\
,"something deleted it or moved it away"]:[\`another one of \${n} bytes is there\`,\`another trainer wrot\
e in \${t}\`];return new d("KEEPFIT_STORE_CONFLICT",\`\${e} should be \${o}, but \${i}: \${s}, and nothing was c\
hanged. Stop one of the two, or give each its own folder or name\`)}function we(t,e,r){return new d("\
KEEPFIT_STORE_FAILED",\`\${t} should have \${e} bytes, but has \${r}; \${R}\`)}function ke(t,e,r){return new d\
("KEEPFIT_STORE_FAILED",\`a write of \${e} bytes to \${t} wrote \${r}; \${R}\`)}function K(t,e,r){return new d\
("KEEPFIT_STORE_FAILED",\`the chunks for \${t} must add up to the announced \${e} bytes, but came to \${r};\
 \${R}\`)}function Fe(t,e){return new d("KEEPFIT_STORE_FAILED",\`the new checkpoint is in place at \${t}, \
but a power cut may bring back the old one because the folder could not be synced (\${m(e)||String(e)}\
); check the disk before you continue\`,{cause:e})}var dt=1024*1024;async function be(t,e,r){if(r?.lo\
ck!==void 0&&await he(t,e,r.lock),r?.replaces===void 0)return;let{replaces:n}=r,o=await Te(t,e);if(!\
(v(o,n)&&(n===null||await ut(t,e,n))))throw W(t.path,y(t.path,e),n,o?.size)}async function Se(t,e,r)\
{if(r?.replaces===void 0)return;let n=await Te(t,e);if(!v(n,r.replaces))throw W(t.path,y(t.path,e),r\
.replaces,n?.size)}async function Te({fs:t,path:e},r){return p(()=>t.lstat(y(e,r),{bigint:!0}))}func\
tion v(t,e){return t===void 0||e===null?t===void 0&&e===null:t.isFile()&&Ee(e,t.size)}async function\
 ut(t,e,r){let{fs:n}=t,{O_RDONLY:o,O_NOFOLLOW:i=0,O_NONBLOCK:s=0}=n.constants,a=o|i|s,f=await p(()=>\
n.open(y(t.path,e),a));if(f===void 0)return!1;try{let u=await f.stat({bigint:!0});if(!v(u,r)||!await\
 ft(f,Number(u.size),r))return!1;if(lt(t,e,r,u))return!0;let l=new w(Number(u.size));return await Pe\
(l,f,0,Number(u.size)),l.formatVersion()!==r?!1:(U(t,e,r,u),!0)}finally{await f.close().catch(()=>{}\
)}}async function ft(t,e,r){let n=new w(e);for(let[o,i]of N(e))n.skipTo(o),await Pe(n,t,o,i);return \
r.startsWith(n.formatEdges())}async function Pe(t,e,r,n){let o=new Uint8Array(Math.min(n-r,dt));for(\
let i=r;i<n;){let{bytesRead:s}=await e.read(o,0,Math.min(o.length,n-i),i);if(!(s>0))return;t.add(o.s\
ubarray(0,s)),i+=s}}function U(t,e,r,n){t.known.set(e,{version:r,stamp:Oe(n)})}function lt(t,e,r,n){\
let o=t.known.get(e);return o?.version===r&&o.stamp===Oe(n)}function Oe({dev:t,ino:e,mtimeNs:r,size:\
n}){return\`\${t}:\${e}:\${r}:\${n}\`}var I=class{#n;#o;#e=0;#r;#t;constructor(e,r){this.#n=e,this.#o=r}add(e)\
{this.throwFailure(),this.#e+=e,!(this.#e<this.#o||this.#r!==void 0)&&(this.#e=0,this.#r=this.#i())}\
async waitUntilIdle(){await this.#r}throwFailure(){if(this.#t!==void 0)throw this.#t.error}async#i()\
{try{await this.#n.handle.sync()}catch(e){this.#t={error:e}}this.#r=void 0}};async function Ie(t,e){\
try{await T(t,t.path)}catch(r){throw Fe(e,r.cause)}}async function Ce(t,e,r,n,o){let{byteLength:i}=r\
,s=y(t.path,e);await Se(t,e,n),n?.lock===void 0&&await re(t);let a=await ne(t.fs.for({byteLength:i})\
,o?.temp??te(t.path,e)),f=new w(i,o?.getCrc);try{await mt(a,r,t.syncEvery,f),await ht(a,i),await a.h\
andle.sync(),await A(a);let u=await t.fs.lstat(a.path,{bigint:!0});o?.beforeRename(f.formatVersion()\
),await t.commits.run(async()=>{await yt(t,e,a,n),U(t,e,f.formatVersion(),u)})}catch(u){throw await \
oe(t.fs,a),u}return await Ie(t,s),f.formatVersion()}async function mt(t,e,r,n){let o=new I(t,r);try{\
await pt(t,e,i=>{n.add(i),o.add(i.length)})}finally{await o.waitUntilIdle()}o.throwFailure()}async f\
unction pt({path:t,handle:e},{byteLength:r,chunks:n},o){let i=0;for await(let s of n){let a=new Uint\
8Array(s.buffer,s.byteOffset,s.byteLength);if(i+a.length>r)throw K(t,r,\`\${i+a.length} or more\`);await\
 se(e,a,i,(f,u)=>ke(t,f,u)),i+=a.length,o(a)}if(i!==r)throw K(t,r,String(i))}async function ht({path\
:t,handle:e},r){let{size:n}=await e.stat({bigint:!0});if(n!==BigInt(r))throw we(t,r,n)}async functio\
n yt(t,e,r,n){let o=y(t.path,e),i=t.fs.for({action:"put a new checkpoint at"});await ie(t.host,()=>i\
.rename(r.path,o),()=>be(t,e,n))}var gt=128;function xe(t,e){for(let r=0;r<gt;r++)t[r]=e.charCodeAt(\
r)}function Le(t){if(!g(t))throw t;let{code:e,message:r,cause:n}=t;return{code:e,message:r.slice(\`\${e\
}: \`.length),cause:n instanceof Error?{message:n.message,fields:{...n}}:void 0}}async function _e(t,\
e){let r=new H(t);for(;;){let n=await r.receive();n.kind==="begin"&&r.send({kind:"ended",outcome:awa\
it Et(r,n.job,e)}),r.flush()}}async function Et(t,e,r){let n=J(e.folder,r,{isWindows:!1,pause:Ae.set\
Timeout}),{path:o,syncEvery:i}=n,{partLengths:s}=e,a=s&&new b(s,$e.crc32),f=wt(t),u={byteLength:e.by\
teLength,chunks:a===void 0?f:kt(f,a)},l=await Ce(n,e.key,u,e.condition,{temp:e.temp,beforeRename:ve=\
>xe(e.renaming,ve),getCrc:a&&(()=>a.joinAll())}).catch(Le),{isPrepared:k,known:Ke}=n;return{folder:{\
path:o,syncEvery:i,isPrepared:k,known:Ke},result:l}}async function*wt(t){for(;;){let e=await t.recei\
ve();if(e.kind==="commit")return;if(e.kind!=="bytes")throw new d("KEEPFIT_STORE_FAILED","the store h\
as given up");let{buffer:r,length:n}=e;yield new Uint8Array(r,0,n),t.send({kind:"freed",buffer:r})}}\
async function*kt(t,e){for await(let r of t)e.add(r),yield r;yield e.toBytes()}var H=class{#n;#o=[];\
#e=[];#r=()=>{};constructor(e){this.#n=e,e.on("message",r=>{this.#o.push(...r),this.#r()})}async rec\
eive(){for(;;){let e=this.#o.shift();if(e!==void 0)return e;this.flush(),await new Promise(r=>{this.\
#r=r})}}send(e){this.#e.push(e)}flush(){if(this.#e.length===0)return;let e=this.#e.flatMap(r=>r.kind\
==="freed"?[r.buffer]:[]);this.#n.postMessage(this.#e,e),this.#e=[]}};var c=require("node:fs"),Ne=re\
quire("node:util"),Ft=(0,Ne.promisify)(c.fsync),Re={constants:c.constants,open:async(t,e,r)=>bt((0,c\
.openSync)(t,e,r)),stat:async(t,e)=>(0,c.statSync)(t,e),lstat:async(t,e)=>(0,c.lstatSync)(t,e),readd\
ir:async(t,e)=>(0,c.readdirSync)(t,e),mkdir:async(t,e)=>(0,c.mkdirSync)(t,e),rename:async(t,e)=>(0,c\
.renameSync)(t,e),link:async(t,e)=>(0,c.linkSync)(t,e),unlink:async t=>(0,c.unlinkSync)(t),readlink:\
async t=>(0,c.readlinkSync)(t)};function bt(t){return{read:async(...e)=>({bytesRead:(0,c.readSync)(t\
,...e)}),write:async(...e)=>({bytesWritten:(0,c.writeSync)(t,...e)}),stat:async e=>(0,c.fstatSync)(t\
,e),sync:()=>Ft(t),close:async()=>(0,c.closeSync)(t)}}_e(We.parentPort,Re).catch(t=>{queueMicrotask(\
()=>{throw t})});`;
